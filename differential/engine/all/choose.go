package all

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// UnknownError says that an engine was asked for that there is not.
type UnknownError struct {
	Name  string
	Known []string
}

// Error returns the name and what there is.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown engine %q; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// Choose returns the entries that are asked for in that order, each a variant as [engine.ParseVariant] reads it; without any, all entries
// that are not taken by name only. The errors are wrong usage.
func Choose(entries []Entry, asked []string) ([]Entry, error) {
	if len(asked) == 0 {
		return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.ByName }), nil
	}
	var chosen []Entry
	for i, text := range asked {
		if slices.Contains(asked[:i], text) {
			return nil, fmt.Errorf("engine %q is named twice", text)
		}
		e, err := find(entries, text)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, e)
	}
	return chosen, nil
}

// find returns the entry of one variant.
func find(entries []Entry, text string) (Entry, error) {
	v := engine.ParseVariant(text)
	at := slices.IndexFunc(entries, func(e Entry) bool { return e.Name == v.Name })
	if at < 0 {
		return Entry{}, &UnknownError{v.Name, Names(entries)}
	}
	e := entries[at]
	if v.Name == text {
		return e, nil
	}
	vs := e.Variants
	if vs == nil {
		vs = new(Variants)
	}
	if v.Release != "" && vs.Module == "" {
		return Entry{}, fmt.Errorf("engine %s has no other releases to choose from", v.Name)
	}
	if _, err := worker.NewRelease(v, vs.Module); err != nil {
		return Entry{}, err
	}
	if err := v.Check(vs.Settings); err != nil {
		return Entry{}, err
	}
	return vs.entry(v), nil
}

// Names returns the names of entries.
func Names(entries []Entry) (names []string) {
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return names
}
