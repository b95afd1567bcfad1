package coverage

import (
	"context"
	"errors"
	"fmt"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// callFrames is the number of hostcalls and more of each generated sequence.
const callFrames = 40

// Errnos is what hostcalls returned in sequences of them.
type Errnos struct {
	Sequences int        `json:"sequences"` // that were run
	Hostcalls []Hostcall `json:"hostcalls"` // a row of the table each
}

// Hostcall is what one hostcall returned.
type Hostcall struct {
	Name     string         `json:"name"`
	Support  string         `json:"support"`
	Returned map[string]int `json:"returned,omitempty"` // how often, by errno
	Never    []string       `json:"never,omitempty"`    // errnos that the table of hostcalls declares, and that it did not return
}

// Hostcalls runs the seeds of the target of all hostcalls and n generated sequences, and says what the hostcalls return. It tells progress
// how many sequences are done.
func Hostcalls(ctx context.Context, n int, progress func(done int)) (e *Errnos, err error) {
	target, err := harness.Find("FuzzHostcall")
	if err != nil {
		return nil, err
	}
	seeds, err := corpus.Inputs(target.Corpus)
	if err != nil {
		return nil, err
	}
	h, remove, err := harness.NewHostcalls("")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	for i := range len(seeds) + n {
		name, input := fmt.Sprintf("tape.Random(%d, %d)", i-len(seeds), callFrames), []byte(nil)
		if i < len(seeds) {
			name, input = seeds[i].Name, seeds[i].Data
		} else {
			input = tape.Random(uint64(i-len(seeds)), callFrames)
		}
		if f := h.Run(ctx, input); f != nil {
			return nil, fmt.Errorf("%s: %w", name, f)
		}
		progress(i + 1)
	}
	return &Errnos{Sequences: len(seeds) + n, Hostcalls: returned(h.Witnessed())}, nil
}

// returned derives the rows from what was witnessed, by hostcall and errno.
func returned(witnessed map[string]map[wasi.Errno]int) (rows []Hostcall) {
	for row := range wasi.Hostcalls() {
		x := Hostcall{Name: row.ID(), Support: row.Support.String(), Returned: map[string]int{}}
		for errno := wasi.ESUCCESS; errno <= wasi.ENOTCAPABLE; errno++ { // the first and the last
			if n := witnessed[row.ID()][errno]; n > 0 {
				x.Returned[errno.String()] = n
			} else if row.Declares(errno) {
				x.Never = append(x.Never, errno.String())
			}
		}
		rows = append(rows, x)
	}
	return rows
}

// Calls returns how many calls there were.
func (h *Hostcall) Calls() (n int) {
	for _, times := range h.Returned {
		n += times
	}
	return n
}
