package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is a kind of grant in the notation of policies. Its name is a flag of the command and the first word of a line in a policy
// file; what follows is written in the same way in both places.
type Kind struct {
	Name   string
	Syntax string // the form of what follows the name
	Short  string // one line for the help of the flag
	Doc    string // for the manual, in whole sentences
	parse  func(text string) (Grant, error)
}

// Grant is one rule of a policy: something that is given to a module, or a bound on it. String prints it as it was written.
type Grant interface {
	String() string
	// add gives it to a module. The error says what it contradicts.
	add(g *Grants) error
}

// Grants are all rules of one module.
type Grants struct {
	Dirs      []DirRule // in the order of the guest's descriptors
	Net       []NetRule
	Listeners []ListenRule // in the order of the guest's descriptors
	Quotas    Quotas
}

// kinds is the table of the kinds.
var kinds = []Kind{
	{
		Name: "dir", Syntax: "HOST[:GUEST][:MODES]",
		Short: "give the guest a directory, under the name GUEST (else HOST); MODES is ro, rw (the default) or a list such as read,write,create",
		Doc: "Gives the directory HOST of the host, under the name GUEST or else HOST. MODES, a list with commas, says what may be " +
			"done beneath it; without it, everything. A colon, comma, blank, # or backslash that belongs to a name has a backslash " +
			"before it.",
		parse: func(text string) (Grant, error) { return ParseDir(text) },
	},
	{
		Name: "net", Syntax: "allow out|in tcp|udp HOSTS:PORTS[ from PREFIX]",
		Short: "allow the guest a part of the network, as 'allow out tcp 10.0.0.0/8:80' or 'allow in udp 127.0.0.1:53'",
		Doc: "Allows addresses to connect or send to (out), or to bind to and be reached on (in). HOSTS is an address, a prefix, a name, " +
			"which is resolved once, or *; PORTS is a port, a range or *. What no rule allows is refused.",
		parse: func(text string) (Grant, error) { return ParseNetRule(text) },
	},
	{
		Name: "listen", Syntax: "ADDRESS:PORT[ from PREFIX,...]",
		Short: "give the guest a socket that listens on ADDRESS:PORT, and serves all or those after 'from'",
		Doc: "Gives a socket that accepts connections on an address of the host's; port 0 lets the host choose one. It is a descriptor " +
			"behind those of the directories. Connections from elsewhere than the prefixes are closed at once.",
		parse: func(text string) (Grant, error) { return ParseListen(text) },
	},
	{
		Name: "quota", Syntax: "NAME=MAX[,NAME=MAX]...",
		Short: "bound what the guest uses up; the names are " + resourceNames(),
		Doc: "Bounds what the module may use up. MAX is a number, of bytes with KiB, MiB or GiB behind it, or a time as 1m30s; " +
			"0 forbids the use. What has no quota is not bounded, but for descriptors, of which there are at most 1024.",
		parse: func(text string) (Grant, error) { return ParseQuota(text) },
	},
}

// Kinds returns the kinds of grants, in the order in which the manual shows them.
func Kinds() []Kind { return slices.Clone(kinds) }

// SyntaxError says where a rule is not in the notation.
type SyntaxError struct {
	File   string // empty for a rule that is not from a file
	Line   int    // from 1; 0 for a rule that is not from a file
	Column int    // in bytes, from 1
	Msg    string
}

// Error returns the place, if it is in a file, and what is wrong there.
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// wrong returns the error for what begins at offset of the rule's text.
func wrong(offset int, format string, args ...any) error {
	return &SyntaxError{Column: offset + 1, Msg: fmt.Sprintf(format, args...)}
}

// part is a piece of a rule between separators.
type part struct {
	offset int    // in bytes, in the text
	raw    string // as it is written
}

// split cuts text at every sep that has no backslash before it.
func split(text string, sep byte) []part {
	var parts []part
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case sep:
			parts = append(parts, part{start, text[start:i]})
			start = i + 1
		}
	}
	return append(parts, part{start, text[start:]})
}

// special are the characters before which a backslash takes their meaning away. Before others, it is a character of its own.
const special = `\:,# `

// unescape returns what is meant by a name as it is written.
func unescape(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) && strings.IndexByte(special, raw[i+1]) >= 0 {
			i++
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

// escape is the inverse of unescape.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if strings.IndexByte(special, name[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(name[i])
	}
	return b.String()
}
