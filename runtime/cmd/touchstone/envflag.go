package main

import (
	"fmt"
	"strings"
)

// envFlags collects the -env flags. A later value of a variable replaces an earlier one.
type envFlags []string

// String returns nothing: there is no default to show.
func (*envFlags) String() string { return "" }

// Set adds one variable.
func (f *envFlags) Set(s string) error {
	name, _, ok := strings.Cut(s, "=")
	switch {
	case !ok || name == "":
		return fmt.Errorf("write NAME=VALUE")
	case strings.ContainsRune(s, 0):
		return fmt.Errorf("a variable cannot hold a zero byte")
	}
	for i, old := range *f {
		if strings.HasPrefix(old, name+"=") {
			(*f)[i] = s
			return nil
		}
	}
	*f = append(*f, s)
	return nil
}
