package behaviour

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

//go:embed situations/*.hostcalls
var files embed.FS

// Situation is a sequence of hostcalls of which the last is what it is about; the others set the scene.
type Situation struct {
	Name  string
	Calls []hostcall.Call
	// Seed and Index are of a generated sequence, all calls of which count; Index is -1 for one that was written.
	Seed, Index int64
}

// Written returns the situations of the files in the folder situations, in their order. A line "## name" begins one.
func Written() ([]Situation, error) {
	names, err := fs.Glob(files, "situations/*.hostcalls")
	if err != nil {
		return nil, err
	}
	var list []Situation
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		found, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, found...)
	}
	return list, nil
}

func parse(text string) (list []Situation, err error) {
	for _, part := range strings.Split("\n"+text, "\n## ")[1:] {
		name, program, _ := strings.Cut(part, "\n")
		calls, err := hostcall.Parse(program)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(calls) == 0 {
			return nil, fmt.Errorf("%s: no calls", name)
		}
		list = append(list, Situation{Name: strings.TrimSpace(name), Calls: calls, Index: -1})
	}
	return list, nil
}

// Generated returns the sequence with an index of a seed. Left out are what the host does between calls and faults of it, which foreign engines
// know nothing of, calls of sockets beyond preview 1, and polling: here clocks are real. Rights that preview 1 does not have are taken away: Wasmtime
// ends the guest for them, and nothing that comes after could be judged.
func Generated(seed, index int64, outside string) Situation {
	calls := hostcall.Generate(source.Tape(seed, index), hostcall.Options{Outside: outside})
	calls = slices.DeleteFunc(calls, func(c hostcall.Call) bool { return hostcall.OnSockets(c.Row) || c.Row.Name == "poll_oneoff" })
	for i := range calls {
		calls[i].Before, calls[i].Fault = nil, nil
		maskRights(&calls[i])
	}
	return Situation{Name: fmt.Sprintf("sequence %d of seed %d", index, seed), Calls: calls, Seed: seed, Index: index}
}

// maskRights leaves of the rights among the arguments of a call those that there are.
func maskRights(c *hostcall.Call) {
	for _, slot := range rightsOf(c.Row) {
		c.Args[slot].Value &= allRights
	}
}

// allRights are the rights of preview 1.
const allRights = uint64(wasi.RightSockAccept)<<1 - 1

// rightsOf returns the slots of the arguments that are rights.
func rightsOf(row *wasi.Hostcall) (slots []int) {
	slot := 0
	for i := range row.Params {
		k := row.Params[i].Kind
		if k == wasi.RightsSet {
			slots = append(slots, slot)
		}
		slot += len(k.Core)
	}
	return slots
}
