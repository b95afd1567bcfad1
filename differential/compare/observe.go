package compare

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Side is one engine's account of a module.
type Side struct {
	Engine   string
	Features engine.Features
	Result   *engine.Result
	Tree     tree.Snapshot // the files after a WASI program; nil for other modules
	// NoState leaves globals, tables and memories out, because they hold what the host said, such as the time.
	NoState bool
}

// Observation is one thing that was seen of a module at one place.
type Observation struct {
	Where string // "call 0 run", "global g", "stdout", …; unique in a result
	Text  string // for people

	key    string        // what is compared
	trap   wasm.TrapCode // compared in addition to key, under the coarsenings of both engines
	stream bool          // key is a stream of bytes
	data   []byte        // of a memory, if they were kept; they are what key is a digest of
	unread bool          // the engine cannot see this place
	state  bool          // it is of the final state, which an engine may not have seen at all
	poison Reason        // nothing can be compared from this place on
}

// Observe lists everything that s saw, in the order in which it is compared.
func Observe(s *Side) []Observation {
	r := s.Result
	obs := []Observation{instantiation(r)}
	for i := range r.Calls {
		obs = append(obs, call(i, &r.Calls[i]))
	}
	if r.HostCallTotal > 0 {
		total := fmt.Sprint(r.HostCallTotal)
		obs = append(obs, Observation{Where: "host calls", Text: total, key: total})
	}
	for i := range r.HostCalls {
		h := &r.HostCalls[i]
		text, key := values(h.Args)
		obs = append(obs, Observation{Where: fmt.Sprintf("host call %d", i),
			Text: fmt.Sprintf("%s.%s(%s)", h.Module, h.Name, text), key: fmt.Sprintf("%q.%q(%s)", h.Module, h.Name, key)})
	}
	if !s.NoState {
		obs = append(obs, state(r)...)
	}
	if len(r.Stdout) > 0 || s.Tree != nil {
		obs = append(obs, stream("stdout", r.Stdout), stream("stderr", r.Stderr))
	}
	for _, e := range s.Tree {
		obs = append(obs, Observation{Where: "file " + e.Path, Text: e.String(), key: e.String()})
	}
	return obs
}

// instantiated is the place of how far a module came before its calls.
const instantiated = "instantiation"

// Words are an engine's own words on what came of a module, on one line; empty if it said nothing.
func Words(r *engine.Result) string {
	words := r.Message
	for i := range r.Calls {
		if words == "" && r.Calls[i].Outcome != engine.Returned {
			words = r.Calls[i].Message
		}
	}
	return shorten(words)
}

func instantiation(r *engine.Result) Observation {
	o := Observation{Where: instantiated, Text: string(r.Stage), key: string(r.Stage)}
	if r.Stage == engine.StageStart {
		o.Text, o.trap, o.poison = "trap: "+r.Trap.Error(), r.Trap, poisonOf[r.Trap]
	}
	if r.Stage == engine.StageRun {
		o.Text = "instantiated"
	} else if r.Message != "" {
		o.Text += " [" + shorten(r.Message) + "]"
	}
	return o
}

func call(i int, c *engine.CallResult) Observation {
	o := Observation{Where: fmt.Sprintf("call %d %s", i, label(c.Export)), key: string(c.Outcome)}
	if len(c.Args) > 0 {
		text, _ := values(c.Args)
		o.Where += "(" + text + ")"
	}
	switch c.Outcome {
	case engine.Returned:
		text, key := values(c.Values)
		o.Text, o.key = "("+text+")", o.key+key
	case engine.Trapped:
		o.Text, o.trap, o.poison = "trap: "+c.Trap.Error(), c.Trap, poisonOf[c.Trap]
	case engine.Exited:
		o.Text, o.key = fmt.Sprintf("exit status %d", c.Exit), fmt.Sprint(o.key, c.Exit)
	default:
		o.Text = string(c.Outcome) + ": " + shorten(c.Message)
		o.poison = poisonOfOutcome[c.Outcome]
	}
	return o
}

// state lists globals, tables and memories, each by name.
func state(r *engine.Result) (obs []Observation) {
	for _, g := range r.Globals {
		text, key := values([]engine.Value{g.Value})
		obs = append(obs, Observation{Where: "global " + label(g.Name), Text: text, key: key, unread: !g.Readable})
	}
	for _, t := range r.Tables {
		text := fmt.Sprintf("%d elements, non-null %s", t.Len, ranges(t.NonNull))
		obs = append(obs, Observation{Where: "table " + label(t.Name), Text: text, key: text, unread: !t.Readable})
	}
	for _, m := range r.Memories {
		obs = append(obs, Observation{Where: "memory " + label(m.Name),
			Text: fmt.Sprintf("%d pages, sha256 %x", m.Pages, m.Hash), key: fmt.Sprintf("%d %x", m.Pages, m.Hash), data: m.Data})
	}
	slices.SortStableFunc(obs, func(a, b Observation) int { return strings.Compare(a.Where, b.Where) })
	for i := range obs {
		obs[i].state = true
	}
	return obs
}

func stream(name string, b []byte) Observation {
	return Observation{Where: name, Text: describe(b, 0), key: string(b), stream: true}
}

// values returns vs for people and in the form that is compared, where all NaNs of a type are one.
func values(vs []engine.Value) (text, key string) {
	var texts, keys []string
	for _, v := range vs {
		s := "null"
		if v.Type.IsRef() && v.Bits != 0 {
			s = "a reference"
		} else if !v.Type.IsRef() {
			s = runtime.Num(v.Type, v.Bits).String()
		}
		texts = append(texts, v.Type.String()+" "+s)
		if IsNaN(v) {
			s = "nan"
		} else if !v.Type.IsRef() {
			s = fmt.Sprintf("%#x", v.Bits) // the text does not show the sign of a zero in every case
		}
		keys = append(keys, v.Type.String()+" "+s)
	}
	return strings.Join(texts, ", "), strings.Join(keys, ", ")
}

// IsNaN reports whether v is a NaN of either float type.
func IsNaN(v engine.Value) bool {
	switch v.Type {
	case wasm.F32:
		return v.Bits&0x7fffffff > 0x7f800000
	case wasm.F64:
		return v.Bits&(1<<63-1) > 0x7ff<<52
	}
	return false
}

// ranges writes the indices of the bytes of b that are not zero as "0, 3-7", or "none".
func ranges(b []byte) string {
	var parts []string
	for i := 0; i < len(b); i++ {
		if b[i] == 0 {
			continue
		}
		j := i
		for j+1 < len(b) && b[j+1] != 0 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(i))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", i, j))
		}
		i = j
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// maxText bounds a message, in bytes; maxStream the part of a stream that is shown.
const (
	maxText   = 160
	maxStream = 240
)

// shorten makes s fit one line: the middle of a long text is left out, and whatever could move a terminal's cursor is
// escaped.
func shorten(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxText {
		s = s[:maxText/2] + "…" + s[len(s)-maxText/2:]
	}
	return label(s)
}

// label makes a name printable without losing anything of it, so that different names stay different.
func label(s string) string {
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// maxBytes is how many bytes of a memory are shown.
const maxBytes = 16

// describeMemory shows what a memory holds from an address on.
func describeMemory(data []byte, at int) string {
	return fmt.Sprintf("%d pages, from %#x: % x", len(data)/wasm.PageSize, at, data[min(at, len(data)):min(at+maxBytes, len(data))])
}

// describe shows a stream: its length and what stands from the line of byte at on.
func describe(b []byte, at int) string {
	if len(b) == 0 {
		return "empty"
	}
	at = min(at, len(b))
	from := bytes.LastIndexByte(b[:at], '\n') + 1
	if at-from > maxStream/2 {
		from = at - maxStream/2
	}
	to := min(len(b), from+maxStream)
	text := fmt.Sprintf("%d bytes", len(b))
	if from > 0 {
		text += fmt.Sprintf(", from byte %d", from)
	}
	text += fmt.Sprintf(": %q", b[from:to])
	if to < len(b) {
		text += "…"
	}
	return text
}
