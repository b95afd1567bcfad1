package compare

import (
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Difference is a place where two engines saw different things.
type Difference struct {
	Where string `json:"where"`
	A     string `json:"a"` // what the first engine saw, for people
	B     string `json:"b"`
}

// absent is shown for a place that one engine did not come to.
const absent = "(nothing)"

// Outcome is what came of comparing two sides.
type Outcome struct {
	Differences []Difference
	// Poison says why the comparison ended early; PoisonA and PoisonB, which side is the cause.
	Poison           Reason
	PoisonA, PoisonB bool
	// Unread are the places that one of the engines has no way to see.
	Unread []string
}

// Pair compares two sides. Neither may be the account of a crash or a hang.
func Pair(a, b *Side) Outcome { return pair(a, b, Observe(a), Observe(b)) }

func pair(a, b *Side, as, bs []Observation) (out Outcome) {
	inB := make(map[string]*Observation, len(bs))
	for i := range bs {
		inB[bs[i].Where] = &bs[i]
	}
	for i := range as {
		x := &as[i]
		y := inB[x.Where]
		delete(inB, x.Where)
		if x.poison != "" || y != nil && y.poison != "" {
			out.PoisonA, out.PoisonB = x.poison != "", y != nil && y.poison != ""
			if out.Poison = x.poison; !out.PoisonA {
				out.Poison = y.poison
			}
			return out
		}
		if x.state && out.unseen(a, b) {
			return out
		}
		switch {
		case y == nil:
			out.Differences = append(out.Differences, Difference{x.Where, x.Text, absent})
		case x.unread || y.unread:
			out.Unread = append(out.Unread, x.Where)
		case !same(x, y, a, b):
			out.Differences = append(out.Differences, differ(x, y))
		}
	}
	for i := range bs {
		y := &bs[i]
		if inB[y.Where] == nil {
			continue
		}
		if y.poison != "" {
			out.Poison, out.PoisonB = y.poison, true
			return out
		}
		if y.state && out.unseen(a, b) {
			return out
		}
		out.Differences = append(out.Differences, Difference{y.Where, absent, y.Text})
	}
	return out
}

// unseen ends the comparison if one of the sides has not seen the final state.
func (out *Outcome) unseen(a, b *Side) bool {
	out.PoisonA, out.PoisonB = a.Result.Unseen, b.Result.Unseen
	if out.PoisonA || out.PoisonB {
		out.Poison = Unseen
	}
	return out.Poison != ""
}

// same reports whether two observations of one place are the same under what both engines can tell.
func same(x, y *Observation, a, b *Side) bool {
	if x.key == y.key {
		return a.Features.Partition().Join(b.Features.Partition()).Same(x.trap, y.trap)
	}
	accepted := func(key string) bool { return key != string(engine.StageRejected) }
	if x.key == string(engine.StageCompiled) || y.key == string(engine.StageCompiled) {
		return x.Where == instantiated && accepted(x.key) && accepted(y.key)
	}
	// Before 2.0 a segment that does not fit made a module unlinkable; since then it traps.
	unlinkable, start := string(engine.StageUnlinkable), string(engine.StageStart)
	return x.key == unlinkable && y.key == start && outOfBounds(y.trap) ||
		y.key == unlinkable && x.key == start && outOfBounds(x.trap)
}

func outOfBounds(c wasm.TrapCode) bool {
	return c == wasm.MemoryOutOfBounds || c == wasm.TableOutOfBounds || c == wasm.UndefinedElement
}

// differ describes two observations that differ; of streams, the first place where they do.
func differ(x, y *Observation) Difference {
	d := Difference{x.Where, x.Text, y.Text}
	if x.stream && y.stream {
		at := commonPrefix(x.key, y.key)
		d.A, d.B = describe([]byte(x.key), at), describe([]byte(y.key), at)
	}
	return d
}

func commonPrefix(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
