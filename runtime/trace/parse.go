package trace

import (
	"strconv"
	"strings"
)

// parser reads one line. It keeps its first error, and reads nothing more then.
type parser struct {
	line string
	at   int // of what is read next, or of the error
	msg  string
}

func (p *parser) fail(msg string) {
	if p.msg == "" {
		p.msg = msg
	}
}

func (p *parser) rest() string { return p.line[p.at:] }

// done reports whether there is nothing more to read.
func (p *parser) done() bool { return p.msg != "" || p.at == len(p.line) }

// take takes a prefix if it is there.
func (p *parser) take(prefix string) bool {
	if p.msg != "" || !strings.HasPrefix(p.rest(), prefix) {
		return false
	}
	p.at += len(prefix)
	return true
}

// want takes a prefix that must be there.
func (p *parser) want(prefix string) {
	if !p.take(prefix) {
		p.fail("want " + strconv.Quote(prefix))
	}
}

// peek returns the next token: what is before the next space that is not in quotes. It is all there is if a quote does not end.
func (p *parser) peek() string {
	if p.msg != "" {
		return ""
	}
	s, quoted := p.rest(), false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ' ' && !quoted:
			return s[:i]
		}
	}
	return s
}

// token takes the next token.
func (p *parser) token() string {
	t := p.peek()
	p.at += len(t)
	return t
}

// number takes a number, in a base of which it is the canonical form, below a bound.
func (p *parser) number(base int, bits int) uint64 {
	if p.msg != "" {
		return 0
	}
	s := p.rest()
	n := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (base == 10 || r < 'a' || r > 'f') })
	if n < 0 {
		n = len(s)
	}
	x, err := strconv.ParseUint(s[:n], base, bits)
	if err != nil {
		p.fail("want a number of at most " + strconv.Itoa(bits) + " bits")
		return 0
	}
	p.at += n
	return x
}

// moreBits bounds how much can be said to be left out.
const moreBits = 40

// more takes what says how much was left out.
func (p *parser) more() int {
	if !p.take("...+") {
		return 0
	}
	return int(p.number(10, moreBits))
}

// quoted takes a quoted string, and how many bytes of it were left out.
func (p *parser) quoted() (string, int) {
	p.want(`"`)
	var b []byte
	for p.msg == "" {
		switch s := p.rest(); {
		case s == "":
			p.fail("the string does not end")
		case s[0] == '"':
			p.at++
			return string(b), p.more()
		case s[0] != '\\':
			b = append(b, s[0])
			p.at++
		case len(s) > 1 && (s[1] == '"' || s[1] == '\\'):
			b = append(b, s[1])
			p.at += 2
		case len(s) > 3 && s[1] == 'x':
			x, err := strconv.ParseUint(s[2:4], 16, 8)
			if err != nil {
				p.fail("want two hexadecimal digits")
			}
			b = append(b, byte(x))
			p.at += 4
		default:
			p.fail(`want \", \\ or \xNN`)
		}
	}
	return "", 0
}

// nameOf returns the name of the field that a token is, or "" if it is none.
func nameOf(token string) string {
	n := strings.IndexByte(token, '=')
	if n <= 0 || strings.IndexByte(token[:n], '"') >= 0 {
		return ""
	}
	return token[:n]
}

// field takes a field.
func (p *parser) field() Field {
	f := Field{Name: nameOf(p.peek())}
	if f.Name == "" {
		p.fail("want a field, name=value")
		return f
	}
	p.at += len(f.Name) + 1
	if strings.HasPrefix(p.rest(), `"`) {
		f.Kind = Bytes
		f.Text, f.More = p.quoted()
		return f
	}
	text := p.token()
	for _, kind := range []Kind{Uint, Int, Hex} {
		f.Kind, f.Num = kind, numberOf(text, kind)
		if string(f.appendValue(nil)) == text {
			return f
		}
	}
	f.Kind, f.Num, f.Text = Symbol, 0, text
	return f
}

// numberOf returns the number that a value of a kind shows, if it shows one.
func numberOf(text string, kind Kind) (x uint64) {
	switch kind {
	case Uint:
		x, _ = strconv.ParseUint(text, 10, 64)
	case Int:
		n, _ := strconv.ParseInt(text, 10, 64)
		x = uint64(n)
	case Hex:
		x, _ = strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64)
	}
	return x
}

// fields takes fields, each behind a space, up to the token that stops reports true for.
func (p *parser) fields(stops func(token string) bool) (list []Field) {
	for !p.done() {
		p.want(" ")
		if p.msg == "" && stops(p.peek()) {
			p.at--
			break
		}
		list = append(list, p.field())
	}
	return list
}

// event reads the line of a hostcall.
func (p *parser) event() *Event {
	e := &Event{}
	head := p.token()
	for p.msg == "" && strings.HasPrefix(p.rest(), " ") { // a module's name may have spaces
		p.at++
		if t := p.peek(); nameOf(t) != "" || t == "->" {
			p.at--
			break
		}
		head += " " + p.token()
	}
	e.Hostcall = head
	if module, call, ok := strings.Cut(head, ": "); ok {
		e.Module, e.Hostcall = module, call
	}
	if e.Hostcall == "" || strings.ContainsAny(e.Hostcall, ` :"`) {
		p.at = 0
		p.fail("want a hostcall, perhaps behind a module's name and a colon")
	}
	e.Args = p.fields(func(t string) bool { return t == "->" })
	p.want(" -> ")
	if e.End = p.token(); e.End == "" {
		p.fail("want how the call ended")
	}
	e.Results = p.fields(func(t string) bool { return t == "|" })
	if p.take(" |") {
		for !p.done() {
			p.want(" ")
			e.Effects = append(e.Effects, p.token())
		}
		if len(e.Effects) == 0 {
			p.fail("want an effect")
		}
	}
	return e
}
