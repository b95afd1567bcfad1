package main

import (
	"fmt"
	"strings"
)

// dirFlag is one -dir: a directory of the host and how the guest sees it.
type dirFlag struct {
	Host, Guest string
	ReadOnly    bool
}

// parseDir parses HOST[:GUEST][:ro]. HOST ends at the first colon, and a last part "ro" after a colon is always the
// access mode. Without GUEST the guest sees the directory under the name HOST. A colon in GUEST is refused: it would
// make a misspelt mode, such as ":RO", part of a name, and the directory writable.
func parseDir(s string) (dirFlag, error) {
	var d dirFlag
	s, d.ReadOnly = strings.CutSuffix(s, ":ro")
	host, guest, named := strings.Cut(s, ":")
	switch {
	case host == "":
		return dirFlag{}, fmt.Errorf("the host directory is empty; write HOST[:GUEST][:ro]")
	case named && guest == "":
		return dirFlag{}, fmt.Errorf("the guest's name after the colon is empty; write HOST[:GUEST][:ro]")
	case strings.ContainsRune(s, 0):
		return dirFlag{}, fmt.Errorf("a path holds a zero byte")
	case strings.Contains(guest, ":"):
		return dirFlag{}, fmt.Errorf("%q has a colon; write HOST[:GUEST][:ro], the only mode is ro", guest)
	case !named:
		guest = host
	}
	d.Host, d.Guest = host, guestName(guest)
	return d, nil
}

// guestName returns name without the slashes that shells complete directories with. C libraries compare the names of
// preopened directories with the beginnings of paths, to which such slashes do not belong.
func guestName(name string) string {
	if trimmed := strings.TrimRight(name, "/"); trimmed != "" {
		return trimmed
	}
	return "/"
}

// dirFlags collects the -dir flags in their order, which is the order of the guest's file descriptors.
type dirFlags []dirFlag

// String returns nothing: there is no default to show.
func (*dirFlags) String() string { return "" }

// Set adds one directory.
func (f *dirFlags) Set(s string) error {
	d, err := parseDir(s)
	if err != nil {
		return err
	}
	for _, other := range *f {
		if other.Guest == d.Guest {
			return fmt.Errorf("the guest's name %q is taken by %q already", d.Guest, other.Host)
		}
	}
	*f = append(*f, d)
	return nil
}

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
