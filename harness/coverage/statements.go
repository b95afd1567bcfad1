// Package coverage counts what is executed: the statements that fuzz targets aim at, instructions with operands of each class, and what
// hostcalls return.
package coverage

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/harness"
)

// ModulePath begins the names of the project's packages, and ends with a slash.
const ModulePath = "github.com/touchstone-wasm/touchstone/"

// Part says how many of all things were executed.
type Part struct {
	All      int `json:"all"`
	Executed int `json:"executed"`
}

// Percent returns how much of it was executed; of nothing, all.
func (p Part) Percent() float64 {
	if p.All == 0 {
		return 100
	}
	return 100 * float64(p.Executed) / float64(p.All)
}

// Add counts one thing more.
func (p *Part) Add(executed bool) {
	p.All++
	if executed {
		p.Executed++
	}
}

// Statements counts the statements of a coverage profile of package testing that an aim is for. Sources has the files of the project. What is
// there only for planted bugs is not counted. A line of a profile is "path/file.go:line.column,line.column statements count".
func Statements(profile []byte, aim harness.Aim, sources fs.FS) (p Part, err error) {
	bugs := map[string][]span{}
	for line := range strings.Lines(string(profile)) {
		words := strings.Fields(line)
		if len(words) != 3 { // the line with the mode
			continue
		}
		name, where, _ := strings.Cut(words[0], ":")
		name = strings.TrimPrefix(name, ModulePath)
		if !aim.Has(name) {
			continue
		}
		if _, known := bugs[name]; !known {
			if bugs[name], err = plantedIn(sources, name); err != nil {
				return p, err
			}
		}
		var begins place
		if _, err := fmt.Sscanf(where, "%d.%d,", &begins.line, &begins.column); err != nil {
			return p, fmt.Errorf("coverage profile: %q: %w", line, err)
		}
		if slices.ContainsFunc(bugs[name], func(s span) bool { return s.has(begins) }) {
			continue
		}
		statements, err := strconv.Atoi(words[1])
		if err != nil {
			return p, fmt.Errorf("coverage profile: %q: %w", line, err)
		}
		p.All += statements
		if words[2] != "0" {
			p.Executed += statements
		}
	}
	if p.All == 0 {
		return p, fmt.Errorf("no statement is in %s %v: the files have other names now", aim.Package, aim.Files)
	}
	return p, nil
}

// plantedIn returns what of a file is there only for planted bugs.
func plantedIn(sources fs.FS, file string) ([]span, error) {
	src, err := fs.ReadFile(sources, file)
	if err != nil {
		return nil, err
	}
	list, err := planted(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return list, nil
}
