package finding

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what kind of disagreement or failure was found.
type Kind string

// The kinds.
const (
	Divergence Kind = "divergence" // engines disagree
	Crash      Kind = "crash"      // an engine's process died
	Hang       Kind = "hang"       // an engine did not come back
	Failure    Kind = "failure"    // a fuzz target says that its property does not hold, or panics
)

// Kinds are all kinds.
var Kinds = []Kind{Divergence, Crash, Hang, Failure}

// Bucket says what a finding has in common with all others of the same defect. It has nothing in it that varies from one input, machine,
// build or run to another: no values, addresses, line numbers or paths, and no frame of an oracle, which all that it finds share.
type Bucket struct {
	Kind Kind
	// Engines are those that are wrong: the ones outside a majority, or that died; all if there is no majority. An engine counts with
	// its settings and without its release. Of a failure, our own: several targets find one defect.
	Engines []string
	// Stage is the kind of the first place where the engines differ: "instantiation", "call", "global", "memory", "file", …. Of a failure,
	// the target's key, or only its beginning if the instruction is known.
	Stage string
	// Traps are what the first differing place holds, first of the majority, then of the others: "value", a trap, "exit", …. Of a crash,
	// the signal or the words of the panic.
	Traps []string
	// At is what the defect is about: the first instruction or hostcall that does not do the same on all engines, and what differs of it;
	// the rule by which our own validator refuses a module. It is empty if it is not known.
	At string
	// Frames are the topmost frames of a panic that are of the engine's own code.
	Frames []string
}

// The notation of buckets.
const (
	fieldSep = " | "
	itemSep  = ", "
	nothing  = "-"
)

// String returns the bucket as one line: its six fields, of which any but the first may be "-".
func (b Bucket) String() string {
	fields := []string{escape(string(b.Kind)), list(b.Engines), text(b.Stage), list(b.Traps), text(b.At), list(b.Frames)}
	return strings.Join(fields, fieldSep)
}

// Coarse returns the bucket without what only a search finds out, for comparing with one that has not been looked into.
func (b Bucket) Coarse() Bucket {
	if b.At = ""; b.Kind == Failure {
		b.Stage, _, _ = strings.Cut(b.Stage, ":") // of a target's key, what it is about
	}
	return b
}

// Concerns reports whether there is something to see, and the engine is among those that are wrong.
func (b Bucket) Concerns(engine string) bool {
	return b.Kind != "" && slices.Contains(b.Engines, engine)
}

// MarshalText returns [Bucket.String].
func (b Bucket) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText is [ParseBucket].
func (b *Bucket) UnmarshalText(line []byte) (err error) {
	*b, err = ParseBucket(string(line))
	return err
}

// ParseBucket reads what [Bucket.String] writes.
func ParseBucket(line string) (Bucket, error) {
	fields := strings.Split(line, fieldSep)
	if len(fields) != 6 {
		return Bucket{}, fmt.Errorf("a bucket has 6 fields with %q between them, got %d in %q", fieldSep, len(fields), line)
	}
	b := Bucket{Kind: Kind(fields[0])}
	var errs []error
	one := func(s string) string {
		t, err := unescape(s)
		errs = append(errs, err)
		return t
	}
	items := func(s string) (all []string) {
		if s == nothing {
			return nil
		}
		for item := range strings.SplitSeq(s, itemSep) {
			all = append(all, one(item))
		}
		return all
	}
	b.Engines, b.Stage, b.Traps, b.At, b.Frames = items(fields[1]), one(fields[2]), items(fields[3]), one(fields[4]), items(fields[5])
	if !slices.Contains(Kinds, b.Kind) {
		errs = append(errs, fmt.Errorf("unknown kind %q; there are %q", b.Kind, Kinds))
	}
	if err := errors.Join(errs...); err != nil {
		return Bucket{}, fmt.Errorf("%q: %w", line, err)
	}
	if b.String() != line {
		return Bucket{}, fmt.Errorf("%q: should be %q", line, b.String())
	}
	return b, nil
}

func text(s string) string {
	if s == "" {
		return nothing
	}
	return escape(s)
}

func list(items []string) string {
	if len(items) == 0 {
		return nothing
	}
	var all []string
	for _, s := range items {
		all = append(all, text(s))
	}
	return strings.Join(all, itemSep)
}

// escape writes the separators, a lone "-" and whatever a terminal would not show as \xNN.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || strings.IndexByte(`|,\`, c) >= 0 || s == nothing {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unescape(s string) (string, error) {
	if s == nothing {
		return "", nil
	}
	var b strings.Builder
	for s != "" {
		c := s[0]
		if c != '\\' {
			b.WriteByte(c)
			s = s[1:]
			continue
		}
		if _, err := fmt.Sscanf(s[:min(4, len(s))], `\x%02x`, &c); err != nil {
			return "", fmt.Errorf("%q is no escape", s)
		}
		b.WriteByte(c)
		s = s[4:]
	}
	return b.String(), nil
}
