package policy

import (
	"fmt"
	"slices"
	"strings"
)

// DirRule grants a directory of the host. It is made by [ParseDir], or of its fields.
type DirRule struct {
	Host   string // the path on the host
	Guest  string // the name for the guest, without slashes at its end
	Access Access // what may be done beneath it
	text   string // as it was written
}

// Mode is a word for access in the notation.
type Mode struct {
	Name   string
	Access Access
	Doc    string
}

// modes is the table of the access modes. Whoever is granted a directory may look at metadata beneath it.
var modes = []Mode{
	{"ro", Read | Stat, "the same as read: nothing can be changed"},
	{"rw", Read | Stat | Change, "everything; the default"},
	{"stat", Stat, "look at metadata; every other mode grants this, too"},
	{"read", Read | Stat, "read files, links and lists of entries"},
	{"write", Write | Stat, "write files"},
	{"create", Create | Stat, "create files, directories, links, and names to rename to"},
	{"delete", Delete | Stat, "remove names, also by renaming from them or over them"},
	{"truncate", Truncate | Stat, "set the size of files, with write; open with O_TRUNC"},
	{"metadata", SetStat | Stat, "set times"},
}

// Modes returns the access modes in the order in which the manual shows them.
func Modes() []Mode { return slices.Clone(modes) }

// firstSingle is the index in modes of the first one that is not an abbreviation.
const firstSingle = 2

// ModesOf returns the shortest list of modes that grants access, and Stat with it: a single word or words with commas.
func ModesOf(access Access) string {
	access |= Stat
	for _, m := range modes {
		if m.Access == access {
			return m.Name
		}
	}
	return singleModes(access)
}

// singleModes returns the modes that access consists of, without Stat and abbreviations.
func singleModes(access Access) string {
	var names []string
	for _, m := range modes[firstSingle+1:] {
		if access&m.Access&^Stat != 0 {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, ",")
}

// parseModes parses a list of modes. known tells whether any of the words is a mode, whatever its case.
func parseModes(p part) (access Access, known bool, err error) {
	for _, word := range split(p.raw, ',') {
		i := slices.IndexFunc(modes, func(m Mode) bool { return strings.EqualFold(m.Name, word.raw) })
		if i >= 0 {
			known = true
		}
		if i < 0 || modes[i].Name != word.raw {
			err = wrong(p.offset+word.offset, "%q is no access mode; there are %s", word.raw, modeNames())
			continue
		}
		access |= modes[i].Access
	}
	return access, known, err
}

func modeNames() string {
	var names []string
	for _, m := range modes {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

// ParseDir parses HOST[:GUEST][:MODES]. Of two parts the second one is MODES if it consists of the names of access modes. If only
// some of its words do, or their case is wrong, it is an error, so that a misspelt mode does not make a directory writable. Errors
// are *SyntaxError.
func ParseDir(text string) (DirRule, error) {
	r := DirRule{Access: Read | Stat | Change, text: text}
	const form = "write HOST[:GUEST][:MODES]"
	if i := strings.IndexFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }); i >= 0 {
		what := "a control character"
		if text[i] == 0 {
			what = "a zero byte"
		}
		return DirRule{}, wrong(i, "a path holds %s", what)
	}
	parts := split(text, ':')
	if len(parts) > 3 {
		return DirRule{}, wrong(parts[3].offset, "there is a colon too much; %s, with a backslash before a colon of a name", form)
	}
	host, guest := unescape(parts[0].raw), ""
	if host == "" {
		return DirRule{}, wrong(0, "the host directory is empty; %s", form)
	}
	if last := parts[len(parts)-1]; len(parts) > 1 {
		access, known, err := parseModes(last)
		switch {
		case err == nil:
			r.Access = access
			parts = parts[:len(parts)-1]
		case known || len(parts) == 3:
			return DirRule{}, err
		}
	}
	named := len(parts) == 2
	if named {
		if guest = unescape(parts[1].raw); guest == "" {
			return DirRule{}, wrong(parts[1].offset, "the guest's name after the colon is empty; %s", form)
		}
	} else {
		guest = host
	}
	r.Host, r.Guest = host, guestName(guest)
	return r, nil
}

// guestName returns name without the slashes that shells complete directories with. C libraries compare the names of
// preopened directories with the beginnings of paths, to which such slashes do not belong.
func guestName(name string) string {
	if trimmed := strings.TrimRight(name, "/"); trimmed != "" {
		return trimmed
	}
	return "/"
}

// String returns the rule as it was written, or else as HOST:GUEST:MODES.
func (r DirRule) String() string {
	if r.text != "" {
		return r.text
	}
	return escape(r.Host) + ":" + escape(r.Guest) + ":" + ModesOf(r.Access)
}

// With returns the rule that grants access, too.
func (r DirRule) With(access Access) DirRule {
	return DirRule{Host: r.Host, Guest: r.Guest, Access: r.Access | access}
}

// Boundary returns what lies just inside and just outside of the rule: a path effect for each single access and for all that are
// granted, on paths that stay in the directory. An effect is allowed if the rule has its Access. The descriptors are left out.
func (r DirRule) Boundary() []Effect {
	accesses := []Access{r.Access}
	for a := Read; a <= SetStat; a <<= 1 {
		accesses = append(accesses, a, r.Access|a)
	}
	var effects []Effect
	for _, a := range accesses {
		for _, path := range []string{".", "x", "x/../y", "x/"} {
			effects = append(effects, Effect{Op: PathAt, Access: a, Path: path})
		}
	}
	return effects
}

func (r DirRule) add(g *Grants) error {
	for _, other := range g.Dirs {
		if other.Guest == r.Guest {
			return fmt.Errorf("the guest's name %q is taken by %q already", r.Guest, other.Host)
		}
	}
	g.Dirs = append(g.Dirs, r)
	return nil
}
