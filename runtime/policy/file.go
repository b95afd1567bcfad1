package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Line is one rule of a policy.
type Line struct {
	Kind   string // the name of one of [Kinds]
	Module string // the linked module that the rule is for; empty for the program
	Grant  Grant
	Place  string // where the rule was written, "file:line"; empty if not in a file
}

// String returns the line as a policy file has it.
func (l Line) String() string {
	head := l.Kind
	if l.Module != "" {
		head += "@" + l.Module
	}
	return head + " " + l.Grant.String()
}

// Policy is a list of rules. Its zero value grants nothing and bounds nothing.
type Policy struct{ lines []Line }

// Lines returns the rules in order.
func (p *Policy) Lines() []Line { return p.lines }

// String returns the policy as a file that parses to the same rules.
func (p *Policy) String() string {
	var b strings.Builder
	for _, l := range p.lines {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// Add adds a rule of a kind for a module. Errors are *SyntaxError if text is not in the notation, and say what else the
// rule contradicts.
func (p *Policy) Add(kind, module, text string) error {
	g, err := parseGrant(kind, text)
	if err != nil {
		return err
	}
	return p.add(Line{Kind: kind, Module: module, Grant: g})
}

// add adds a rule if it contradicts none that is there.
func (p *Policy) add(l Line) error {
	if err := l.Grant.add(p.Grants(l.Module)); err != nil {
		return err
	}
	p.lines = append(p.lines, l)
	return nil
}

func parseGrant(kind, text string) (Grant, error) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == kind })
	if i < 0 {
		return nil, wrong(0, "there is no rule %q; a rule begins with %s", kind, kindNames())
	}
	return kinds[i].parse(text)
}

func kindNames() string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Grants returns the rules of a module, or of the program if the name is empty.
func (p *Policy) Grants(module string) *Grants {
	g := new(Grants)
	for _, l := range p.lines {
		if l.Module == module {
			l.Grant.add(g) // does not fail: add tried it
		}
	}
	return g
}

// Networked reports whether any module is given a part of the network.
func (p *Policy) Networked() bool {
	return slices.ContainsFunc(p.lines, func(l Line) bool { return l.Kind == "net" || l.Kind == "listen" })
}

// Parse adds the rules of a file to p: one on each line, the kind, for a linked module with @ and its name behind, blanks, and the
// rule. A # at the beginning or after a blank begins a comment. Errors are *SyntaxError with name as the file, all of them
// joined, and then p is as it was.
func (p *Policy) Parse(name string, src []byte) error {
	parsed := Policy{lines: slices.Clip(p.lines)}
	var errs []error
	for i, text := range strings.Split(string(src), "\n") {
		if err := parsed.parseLine(name, i+1, text); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	p.lines = parsed.lines
	return nil
}

// parseLine adds the rule of a line, if it has one.
func (p *Policy) parseLine(file string, number int, text string) error {
	at := func(offset int, err error) error {
		syntax := &SyntaxError{Column: 1, Msg: err.Error()}
		errors.As(err, &syntax)
		return &SyntaxError{File: file, Line: number, Column: syntax.Column + offset, Msg: syntax.Msg}
	}
	if !utf8.ValidString(text) {
		return at(0, errors.New("the line is not UTF-8"))
	}
	text = strings.TrimSuffix(text, "\r")
	text = text[:endOfRule(text)]
	start := len(text) - len(strings.TrimLeft(text, blanks))
	head, _, _ := strings.Cut(text[start:], " ")
	head, _, _ = strings.Cut(head, "\t")
	if head == "" {
		return nil
	}
	kind, module, linked := strings.Cut(head, "@")
	if linked && module == "" {
		return at(start+len(head), errors.New("the module's name after @ is missing"))
	}
	body := strings.TrimLeft(text[start+len(head):], blanks)
	offset := len(text) - len(body)
	g, err := parseGrant(kind, body)
	if err != nil {
		if !slices.ContainsFunc(kinds, func(k Kind) bool { return k.Name == kind }) {
			offset = start
		}
		return at(offset, err)
	}
	if err := p.add(Line{Kind: kind, Module: module, Grant: g, Place: fmt.Sprintf("%s:%d", file, number)}); err != nil {
		return at(offset, err)
	}
	return nil
}

// blanks separate the words of a line.
const blanks = " \t"

// endOfRule returns the length of the line without its comment and the blanks before that or at its end. What has a backslash
// before it is neither.
func endOfRule(text string) int {
	end := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
		case c == '#' && (i == 0 || strings.IndexByte(blanks, text[i-1]) >= 0):
			return end
		case strings.IndexByte(blanks, c) >= 0:
			continue
		}
		end = i + 1
	}
	return end
}
