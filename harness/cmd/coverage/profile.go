package main

import (
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// covered counts statements.
type covered struct{ all, executed int }

func (c covered) percent() float64 {
	if c.all == 0 {
		return 0
	}
	return 100 * float64(c.executed) / float64(c.all)
}

// parse counts the statements of a coverage profile in files that match one of the patterns, or in all if there are none. A line is
// "path/file.go:line.column,line.column statements count".
func parse(profile []byte, files []string) (c covered, err error) {
	for line := range strings.Lines(string(profile)) {
		words := strings.Fields(line)
		if len(words) != 3 { // the line with the mode
			continue
		}
		name, _, _ := strings.Cut(words[0], ":")
		if !wanted(name, files) {
			continue
		}
		statements, err := strconv.Atoi(words[1])
		if err != nil {
			return c, fmt.Errorf("coverage profile: %q: %w", line, err)
		}
		c.all += statements
		if words[2] != "0" {
			c.executed += statements
		}
	}
	if c.all == 0 {
		return c, fmt.Errorf("no statement is in %v: the files have other names now", files)
	}
	return c, nil
}

// wanted reports whether the base of name matches a pattern, and none of those that begin with "!".
func wanted(name string, patterns []string) bool {
	found := len(patterns) == 0
	for _, p := range patterns {
		p, not := strings.CutPrefix(p, "!")
		if ok, _ := path.Match(p, path.Base(name)); ok {
			if not {
				return false
			}
			found = true
		}
	}
	return found
}

// functions names those that are not executed whole, by go tool cover.
func functions(w io.Writer, profile string, files []string) error {
	out, err := exec.Command("go", "tool", "cover", "-func", profile).Output()
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) == 3 && words[2] != "100.0%" && strings.Contains(words[0], ".go:") && wanted(strings.SplitN(words[0], ":", 2)[0], files) {
			fmt.Fprintf(w, "\t%6s  %s %s\n", words[2], strings.TrimPrefix(words[0], modulePath), words[1])
		}
	}
	return nil
}
