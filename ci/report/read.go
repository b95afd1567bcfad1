package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/touchstone-wasm/touchstone/ci/loop"
	"github.com/touchstone-wasm/touchstone/harness"
)

// readRecords reads the file of statistics. A loop that is killed may leave a line that is not whole; those are counted.
func readRecords(name string) (records []loop.Record, broken int, err error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("there are no statistics in %s: go run ./ci loop makes them", filepath.Dir(name))
	}
	if err != nil {
		return nil, 0, err
	}
	for line := range bytes.Lines(text) {
		var r loop.Record
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if json.Unmarshal(line, &r) != nil || r.Target == "" {
			broken++
			continue
		}
		records = append(records, r)
	}
	if len(records) == 0 {
		return nil, broken, fmt.Errorf("%s has no line of a target", name)
	}
	return records, broken, nil
}

// readJSON reads a file with one JSON value, unless the name is empty. If there is nothing in it that is known, the file is another one.
func readJSON(name string, value any, has func() bool) error {
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !has() {
		return fmt.Errorf("%s: there is nothing in it of what the flag is for; go run ./ci report -h says which command writes it", name)
	}
	return nil
}

// history is what became of a target in all rounds of all loops in the folder, the oldest first.
type history struct {
	target  string
	records []loop.Record
}

// byTarget sorts records by target, in the order of the list of targets; those that it does not have any more are the last.
func byTarget(records []loop.Record) (list []history) {
	index := map[string]int{}
	for _, r := range records {
		i, ok := index[r.Target]
		if !ok {
			i = len(list)
			index[r.Target], list = i, append(list, history{target: r.Target})
		}
		list[i].records = append(list[i].records, r)
	}
	order := map[string]int{}
	for i, t := range harness.Targets() {
		order[t.Name] = i - len(harness.Targets())
	}
	slices.SortStableFunc(list, func(a, b history) int { return order[a.target] - order[b.target] })
	return list
}

func (h *history) last() *loop.Record { return &h.records[len(h.records)-1] }

// total adds up what all rounds did.
func (h *history) total() (sum loop.Record) {
	for _, r := range h.records {
		sum.Executions += r.Executions
		sum.Seconds += r.Seconds
		sum.Artifacts += r.Artifacts
		sum.New += r.New
		sum.Known += r.Known
		sum.Flaky += r.Flaky
	}
	return sum
}

// rate returns the executions a second.
func rate(r *loop.Record) float64 {
	if r.Seconds <= 0 {
		return 0
	}
	return float64(r.Executions) / r.Seconds
}
