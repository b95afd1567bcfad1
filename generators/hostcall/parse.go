package hostcall

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxText bounds the length of a line in bytes: a call and what it puts into memory.
const maxText = 1 << 20

// SyntaxError says where a sequence is not in the text form.
type SyntaxError struct {
	Line, Column int // from 1; columns in bytes
	Msg          string
}

// Error returns the place and what is wrong there.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d:%d: %s", e.Line, e.Column, e.Msg) }

// Parse reads the text form of a sequence; see [Format]. Blank lines, and those that begin with #, are left out. Errors are
// *SyntaxError.
func Parse(text string) ([]Call, error) {
	var calls []Call
	var before []Action
	for i, line := range strings.Split(text, "\n") {
		p := parser{rest: line, line: line}
		p.blanks()
		if p.rest == "" || p.rest[0] == '#' {
			continue
		}
		fail := func(err error) error {
			return &SyntaxError{Line: i + 1, Column: len(line) - len(p.rest) + 1, Msg: err.Error()}
		}
		if p.take("host ") {
			a, err := p.action()
			if err != nil {
				return nil, fail(err)
			}
			before = append(before, a)
			continue
		}
		c, err := p.call()
		if err != nil {
			return nil, fail(err)
		}
		c.Before, before = before, nil
		calls = append(calls, c)
	}
	if before != nil {
		return nil, &SyntaxError{Line: strings.Count(text, "\n") + 1, Column: 1, Msg: "want a call after what the host does"}
	}
	return calls, nil
}

// parser reads one line. When it fails, rest begins with what it could not read.
type parser struct {
	line, rest string
}

func (p *parser) blanks() { p.rest = strings.TrimLeft(p.rest, " \t\r") }

// take takes a prefix, and blanks before it, if it is there.
func (p *parser) take(prefix string) bool {
	p.blanks()
	rest, ok := strings.CutPrefix(p.rest, prefix)
	if ok {
		p.rest = rest
	}
	return ok
}

// want takes a prefix that must be there.
func (p *parser) want(prefix string) error {
	if !p.take(prefix) {
		return fmt.Errorf("want %q", prefix)
	}
	return nil
}

// word takes letters, digits, dots and underscores.
func (p *parser) word() string {
	p.blanks()
	n := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		n = len(p.rest)
	}
	w := p.rest[:n]
	p.rest = p.rest[n:]
	return w
}

// number takes a number of at most the given bits.
func (p *parser) number(bits int) (uint64, error) {
	before := p.rest
	v, err := strconv.ParseUint(p.word(), 0, bits)
	if err != nil {
		p.rest = strings.TrimLeft(before, " \t\r")
		return 0, fmt.Errorf("want a number of at most %d bits", bits)
	}
	return v, nil
}

func (p *parser) call() (c Call, err error) {
	if len(p.line) > maxText {
		return c, fmt.Errorf("a line has at most %d bytes", maxText)
	}
	before := p.rest
	id := p.word()
	if c.Row = Find(id); c.Row == nil || c.Row.ID() != id {
		p.rest = before
		return c, fmt.Errorf("%q is no hostcall", id)
	}
	if err := p.args(&c); err != nil {
		return c, err
	}
	for {
		switch p.blanks(); {
		case p.rest == "":
			return c, nil
		case p.take("mem "):
			err = p.mem(&c)
		case p.take("out "):
			err = p.out(&c)
		case p.take("cap "):
			c.Capacity, err = p.number(64)
		case p.take("fault "):
			c.Fault, err = p.fault()
		default:
			return c, fmt.Errorf(`want "mem", "out", "cap", "fault" or the end of the line`)
		}
		if err != nil {
			return c, err
		}
	}
}

func (p *parser) args(c *Call) error {
	if err := p.want("("); err != nil {
		return err
	}
	want := len(c.Row.Type().Params)
	for len(c.Args) < want {
		if len(c.Args) > 0 {
			if err := p.want(","); err != nil {
				return fmt.Errorf("%w: %s has %d arguments", err, c.Row.ID(), want)
			}
		}
		a, err := p.arg()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, a)
	}
	if err := p.want(")"); err != nil {
		return fmt.Errorf("%w: %s has %d arguments", err, c.Row.ID(), want)
	}
	return nil
}

func (p *parser) arg() (a Arg, err error) {
	p.blanks()
	if word, _, ok := strings.Cut(p.rest, "#"); ok {
		if from := slices.Index(resourceNames[:], word); from > 0 {
			a.From, p.rest = Resource(from), p.rest[len(word)+1:]
		}
	}
	a.Value, err = p.number(64)
	return a, err
}

func (p *parser) mem(c *Call) error {
	addr, err := p.number(32)
	if err != nil {
		return err
	}
	if err := p.want("="); err != nil {
		return err
	}
	before := p.rest
	data, err := p.quoted()
	if err != nil {
		return err
	}
	if uint64(len(data)) > MemorySize || addr > MemorySize-uint64(len(data)) {
		p.rest = before
		return fmt.Errorf("%d bytes at %#x are outside the memory of %d", len(data), addr, MemorySize)
	}
	c.Writes = append(c.Writes, Write{uint32(addr), []byte(data)})
	return nil
}

func (p *parser) out(c *Call) error {
	const bits = 40 // more than any place needs, and sums do not overflow
	addr, err := p.number(bits)
	if err != nil {
		return err
	}
	if err := p.want("+"); err != nil {
		return err
	}
	n, err := p.number(bits)
	c.Out = append(c.Out, Region{addr, n})
	return err
}

// quoted takes a string in quotes.
func (p *parser) quoted() (string, error) {
	p.blanks()
	quoted, err := strconv.QuotedPrefix(p.rest)
	if err != nil {
		return "", fmt.Errorf("want a string in quotes")
	}
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return "", fmt.Errorf("want a string in quotes")
	}
	p.rest = p.rest[len(quoted):]
	return text, nil
}

// action takes what the host does, behind "host".
func (p *parser) action() (a Action, err error) {
	before := p.rest
	word := p.word()
	do := -1
	for i := range deeds {
		if deeds[i].word == word {
			do = i
		}
	}
	if do < 0 {
		p.rest = before
		return a, fmt.Errorf("%q is nothing that the host does", word)
	}
	a.Do = Deed(do)
	if !deeds[do].net {
		if a.Path, err = p.quoted(); err != nil {
			return a, err
		}
	}
	if deeds[do].to {
		if a.To, err = p.quoted(); err != nil {
			return a, err
		}
	}
	if deeds[do].num {
		if a.Num, err = p.number(64); err != nil {
			return a, err
		}
	}
	if !a.Valid() {
		p.rest = before
		return a, fmt.Errorf("the host acts on paths below the guest's directory, and on sizes and permissions that there are")
	}
	if p.blanks(); p.rest != "" {
		return a, fmt.Errorf("want the end of the line")
	}
	return a, nil
}

// fault takes what befalls a system call, behind "fault".
func (p *parser) fault() (*Fault, error) {
	nth, err := p.number(8)
	if err != nil {
		return nil, err
	}
	before := p.rest
	kind := slices.Index(faultWords[:], p.word())
	if kind < 0 {
		p.rest = strings.TrimLeft(before, " \t\r")
		return nil, fmt.Errorf("want one of %s", strings.Join(faultWords[:], ", "))
	}
	return &Fault{Nth: uint8(nth), Kind: FaultKind(kind)}, nil
}
