package reduce

import (
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// programPasses go from calls and what depends on them down to single bytes in memory.
var programPasses = []pass{
	{"calls", true, programPass(removeCalls)},
	{"slices", false, programPass(dependents)},
	{"arguments", false, programPass(arguments)},
	{"writes to memory", true, programPass(writes)},
	{"data", false, programPass(data)},
}

// calls counts the calls of a sequence.
func calls(text []byte) int {
	list, err := hostcall.Parse(string(text))
	if err != nil {
		return len(text)
	}
	return len(list)
}

// programPass makes a pass of changes of a sequence.
func programPass(open func([]hostcall.Call) (int, func(from, to int) []hostcall.Call)) func([]byte) items {
	return func(text []byte) items {
		list, err := hostcall.Parse(string(text))
		if err != nil {
			return items{}
		}
		n, change := open(list)
		return items{n, func(from, to int) []byte {
			out := change(from, to)
			if out == nil {
				return nil
			}
			return []byte(hostcall.Format(out))
		}}
	}
}

// removeCalls removes calls; the descriptors that later calls name then are others, which the pass slices avoids.
func removeCalls(list []hostcall.Call) (int, func(from, to int) []hostcall.Call) {
	return len(list), func(from, to int) []hostcall.Call { return slices.Concat(list[:from], list[to:]) }
}

// makes reports whether a call makes a descriptor, if it succeeds.
func makes(c *hostcall.Call) bool {
	return slices.ContainsFunc(c.Row.Params, func(p wasi.Param) bool { return p.Kind == wasi.FDOut })
}

// pool is a list of descriptors that arguments name by their index: how many there are before the first call, and who adds to it.
type pool struct {
	given int
	makes func(*hostcall.Call) bool
}

// pools are the lists that calls add to. That a call succeeds is taken for granted.
var pools = map[hostcall.Resource]pool{
	hostcall.OpenFD:   {0, makes},
	hostcall.SocketFD: {1, func(c *hostcall.Call) bool { return makes(c) && strings.HasPrefix(c.Row.Name, "sock_") }}, // the listener
}

// maker returns which call made the descriptor that an argument of call i names, or -1.
func maker(list []hostcall.Call, i int, a hostcall.Arg) int {
	if a.From == hostcall.LastFD {
		for i--; i >= 0 && !makes(&list[i]); i-- {
		}
		return i
	}
	pool, ok := pools[a.From]
	if !ok {
		return -1
	}
	made := slices.Repeat([]int{-1}, pool.given)
	for k := range i {
		if pool.makes(&list[k]) {
			made = append(made, k)
		}
	}
	if len(made) == 0 {
		return -1
	}
	return made[a.Value%uint64(len(made))]
}

// dependents has two items for each call: all others go but those whose descriptors it uses, or it goes with all that use its own. What
// is left names the same descriptors as before.
func dependents(list []hostcall.Call) (int, func(from, to int) []hostcall.Call) {
	return 2 * len(list), func(from, _ int) []hostcall.Call {
		at, keep := from/2, make([]bool, len(list))
		if from%2 == 0 {
			need(list, at, keep)
			return kept(list, keep)
		}
		for i := range keep {
			keep[i] = i != at
			for _, a := range list[i].Args {
				if k := maker(list, i, a); k >= 0 && !keep[k] {
					keep[i] = false
				}
			}
		}
		return kept(list, keep)
	}
}

// need marks a call and those that make what it uses.
func need(list []hostcall.Call, i int, keep []bool) {
	keep[i] = true
	for _, a := range list[i].Args {
		if k := maker(list, i, a); k >= 0 && !keep[k] {
			need(list, k, keep)
		}
	}
}

// kept returns the calls that are kept, with the indexes of descriptors as they are then.
func kept(list []hostcall.Call, keep []bool) (out []hostcall.Call) {
	for i, c := range list {
		if !keep[i] {
			continue
		}
		c.Args = slices.Clone(c.Args)
		for n := range c.Args {
			a := &c.Args[n]
			k := maker(list, i, *a)
			if k < 0 || a.From == hostcall.LastFD {
				continue
			}
			pool := pools[a.From]
			a.Value = uint64(pool.given)
			for before := range k {
				if keep[before] && pool.makes(&list[before]) {
					a.Value++
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// aims reports whether where a call writes depends on what is in memory. The places are written down in the call, so that changing
// the memory would make it write elsewhere than it says, which looks like a defect.
func aims(c *hostcall.Call) bool {
	return slices.ContainsFunc(c.Row.Params, func(p wasi.Param) bool {
		k := p.Kind
		return k.Writes() && (k.IsIovecs() || k.IsAddress() || k.IsOption() || k.IsList())
	})
}

// place is a part of a call.
type place struct{ call, n int }

// arguments has two items for each argument that does not say where the call writes: it becomes 0 or half of what it was.
func arguments(list []hostcall.Call) (int, func(from, to int) []hostcall.Call) {
	var places []place
	for i := range list {
		n := 0
		for _, p := range list[i].Row.Params {
			for range p.Kind.Core {
				if !p.Kind.Writes() {
					places = append(places, place{i, n})
				}
				n++
			}
		}
	}
	return 2 * len(places), func(from, _ int) []hostcall.Call {
		p, out := places[from/2], slices.Clone(list)
		args := slices.Clone(out[p.call].Args)
		if args[p.n].Value /= 2; from%2 == 0 {
			args[p.n].Value = 0
		}
		out[p.call].Args = args
		return out
	}
}

// changeable returns the writes to memory that can be changed.
func changeable(list []hostcall.Call) (places []place) {
	for i := range list {
		if aims(&list[i]) {
			continue
		}
		for n := range list[i].Writes {
			places = append(places, place{i, n})
		}
	}
	return places
}

// writes has an item for each write to memory before a call: it goes.
func writes(list []hostcall.Call) (int, func(from, to int) []hostcall.Call) {
	places := changeable(list)
	return len(places), func(from, to int) []hostcall.Call {
		out := slices.Clone(list)
		for _, p := range slices.Backward(places[from:to]) {
			w := out[p.call].Writes
			out[p.call].Writes = slices.Concat(w[:p.n], w[p.n+1:])
		}
		return out
	}
}

// data has two items for each write to memory before a call: it puts half as many bytes there, or one less.
func data(list []hostcall.Call) (int, func(from, to int) []hostcall.Call) {
	places := changeable(list)
	return 2 * len(places), func(from, _ int) []hostcall.Call {
		p, out := places[from/2], slices.Clone(list)
		w := slices.Clone(out[p.call].Writes)
		n := len(w[p.n].Data)
		if n == 0 {
			return nil
		}
		if n--; from%2 == 0 {
			n /= 2
		}
		w[p.n].Data = w[p.n].Data[:n]
		out[p.call].Writes = w
		return out
	}
}
