package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Resource is something that a guest uses up.
type Resource uint8

// The resources.
const (
	Written   Resource = iota // bytes written in all
	Files                     // files, directories and links created
	FDs                       // descriptors that are open at the same time
	Stdout                    // bytes written to standard output
	Stderr                    // bytes written to standard error
	Sockets                   // sockets opened and connections accepted
	SleepTime                 // nanoseconds slept
	NumResources
)

// resource is one row of the table.
type resource struct {
	name, doc string
	parse     func(string) (uint64, error)
	format    func(uint64) string
}

// resources is the table of the resources.
var resources = [NumResources]resource{
	Written:   {"written", "bytes written in all, to files, streams and sockets", ParseBytes, FormatBytes},
	Files:     {"files", "files, directories and links created, whether or not they are removed again", parseCount, formatCount},
	FDs:       {"fds", "descriptors open at the same time, the three streams and the directories of the policy included", parseCount, formatCount},
	Stdout:    {"stdout", "bytes written to standard output", ParseBytes, FormatBytes},
	Stderr:    {"stderr", "bytes written to standard error", ParseBytes, FormatBytes},
	Sockets:   {"sockets", "sockets opened and connections accepted, in all", parseCount, formatCount},
	SleepTime: {"sleep", "time spent waiting in poll_oneoff, in all", parseTime, formatTime},
}

func parseCount(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("write a number")
	}
	return n, nil
}

func formatCount(n uint64) string { return strconv.FormatUint(n, 10) }

func parseTime(s string) (uint64, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("write a time with its unit, as 1m30s or 200ms")
	}
	return uint64(d), nil
}

func formatTime(n uint64) string { return time.Duration(min(n, 1<<63-1)).String() }

// String returns the name of r in the notation.
func (r Resource) String() string {
	if r < NumResources {
		return resources[r].name
	}
	return "resource(" + strconv.Itoa(int(r)) + ")"
}

// Doc says what is counted.
func (r Resource) Doc() string { return resources[r].doc }

// Format returns an amount of r in the notation.
func (r Resource) Format(n uint64) string { return resources[r].format(n) }

// Rule returns the name of the rule of the monitor that bounds r.
func (r Resource) Rule() string { return "quota-" + r.String() }

// Quotas bound what a guest may use up. The zero value bounds nothing.
type Quotas struct {
	bounded [NumResources]bool
	max     [NumResources]uint64
}

// Bound sets the bound of a resource.
func (q *Quotas) Bound(r Resource, max uint64) { q.bounded[r], q.max[r] = true, max }

// Max returns the bound of a resource, and whether there is one.
func (q *Quotas) Max(r Resource) (max uint64, bounded bool) { return q.max[r], q.bounded[r] }

// Any reports whether there is any bound.
func (q *Quotas) Any() bool { return *q != Quotas{} }

// left returns how much of r is left after some was spent; spent is at most the bound.
func (q *Quotas) left(r Resource, spent uint64) uint64 {
	if q.bounded[r] {
		return q.max[r] - min(spent, q.max[r])
	}
	return 1<<64 - 1 - spent
}

// QuotaRule is a rule of the notation that bounds resources.
type QuotaRule struct {
	Quotas
	text string // as it was written
}

// ParseQuota parses NAME=MAX[,NAME=MAX]... Errors are *SyntaxError.
func ParseQuota(text string) (QuotaRule, error) {
	q := QuotaRule{text: text}
	for _, p := range split(text, ',') {
		name, value, ok := strings.Cut(p.raw, "=")
		i := slices.IndexFunc(resources[:], func(r resource) bool { return r.name == name })
		switch {
		case !ok && i >= 0 || p.raw == "":
			return QuotaRule{}, wrong(p.offset, "write NAME=MAX[,NAME=MAX]...")
		case i < 0:
			return QuotaRule{}, wrong(p.offset, "there is no quota %q; there are %s", name, resourceNames())
		case q.bounded[i]:
			return QuotaRule{}, wrong(p.offset, "%s is bounded twice", name)
		}
		max, err := resources[i].parse(value)
		if err != nil {
			return QuotaRule{}, wrong(p.offset+len(name)+1, "%s: %q: %v", name, value, err)
		}
		q.Bound(Resource(i), max)
	}
	return q, nil
}

func resourceNames() string {
	var names []string
	for r := range NumResources {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}

// String returns the rule as it was written, or else its bounds in the order of the resources.
func (q QuotaRule) String() string {
	if q.text != "" {
		return q.text
	}
	var list []string
	for r := range NumResources {
		if max, ok := q.Max(r); ok {
			list = append(list, r.String()+"="+r.Format(max))
		}
	}
	return strings.Join(list, ",")
}

// Boundary returns, for each resource that the rule bounds, amounts on both sides of the bound.
func (q QuotaRule) Boundary() (values [NumResources][]uint64) {
	for r := range NumResources {
		max, ok := q.Max(r)
		if !ok {
			continue
		}
		values[r] = []uint64{0, max}
		if max > 0 {
			values[r] = append(values[r], max-1)
		}
		if max < 1<<64-1 {
			values[r] = append(values[r], max+1, 1<<64-1)
		}
	}
	return values
}

func (q QuotaRule) add(g *Grants) error {
	for r := range NumResources {
		max, ok := q.Max(r)
		if !ok {
			continue
		}
		if g.Quotas.bounded[r] {
			return fmt.Errorf("%s is bounded twice", r)
		}
		g.Quotas.Bound(r, max)
	}
	return nil
}
