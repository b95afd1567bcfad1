package guest

import (
	"fmt"
	"strconv"
	"strings"
)

// word is one word of a text; a quoted one is without its quotes.
type word struct {
	text   string
	quoted bool
	line   int
}

// words splits a text. Brackets, braces and parentheses are words of their own, but for braces and colons inside words.
func split(text string) ([]word, error) {
	var list []word
	line := 1
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\n':
			line++
			i++
		case c == ' ' || c == '\t':
			i++
		case c == ';':
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(text)
			}
		case c == '"':
			quoted, err := strconv.QuotedPrefix(text[i:])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			plain, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			list = append(list, word{plain, true, line})
			i += len(quoted)
		case strings.IndexByte("()[]{}", c) >= 0:
			list = append(list, word{string(c), false, line})
			i++
		default:
			end := strings.IndexAny(text[i:], " \t\n;\"()[]{}")
			if end < 0 {
				end = len(text) - i
			}
			list = append(list, word{text[i : i+end], false, line})
			i += end
		}
	}
	return list, nil
}

// reader goes through words. After its first error it is at the end.
type reader struct {
	words []word
	pos   int
	err   error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		line := 0
		if at := max(r.pos-1, 0); at < len(r.words) {
			line = r.words[at].line
		}
		r.err = fmt.Errorf("line %d: %s", line, fmt.Sprintf(format, args...))
	}
	r.pos = len(r.words)
}

func (r *reader) more() bool { return r.pos < len(r.words) }

// peek returns the next word, or an empty one at the end.
func (r *reader) peek() word {
	if !r.more() {
		return word{}
	}
	return r.words[r.pos]
}

// take returns the next word, which must be there.
func (r *reader) take() word {
	if !r.more() {
		r.fail("the text ends too early")
		return word{}
	}
	r.pos++
	return r.words[r.pos-1]
}

// is reports whether the next word is plain and s.
func (r *reader) is(s string) bool { w := r.peek(); return !w.quoted && w.text == s }

// skip takes the next word if it is s.
func (r *reader) skip(s string) bool {
	if r.is(s) {
		r.pos++
		return true
	}
	return false
}

func (r *reader) want(s string) {
	if !r.skip(s) {
		r.fail("%q stands where %q is expected", r.peek().text, s)
	}
}

// text takes a quoted word.
func (r *reader) text() string {
	w := r.take()
	if !w.quoted {
		r.fail("%q stands where a text in quotes is expected", w.text)
	}
	return w.text
}

// number takes an integer; a negative one in two's complement.
func (r *reader) number() uint64 {
	w := r.take()
	v, ok := number(w.text)
	if !ok || w.quoted {
		r.fail("%q stands where a number is expected", w.text)
	}
	return v
}

// isNumber reports whether the next word is a number.
func (r *reader) isNumber() bool {
	_, ok := number(r.peek().text)
	return ok && !r.peek().quoted
}

func number(s string) (uint64, bool) {
	if v, err := strconv.ParseUint(s, 0, 64); err == nil {
		return v, true
	}
	v, err := strconv.ParseInt(s, 0, 64)
	return uint64(v), err == nil
}

// maxRepeat bounds "repeat", so that a slip of the pen does not fill the memory.
const maxRepeat = 4 << 20

// each calls item until the closing word, or to the end if that is empty, and again for what "repeat N ( … )" repeats. Repetitions nest.
func (r *reader) each(closing string, item func()) {
	for !r.skip(closing) {
		if !r.more() {
			if closing == "" {
				return
			}
			r.fail("%q is missing", closing)
			return
		}
		if !r.skip("repeat") {
			item()
			continue
		}
		n := r.number()
		if n == 0 || n > maxRepeat {
			r.fail("repeat %d: must be between 1 and %d", n, maxRepeat)
			return
		}
		r.want("(")
		begin := r.pos
		for range n {
			if r.err != nil {
				return
			}
			r.pos = begin
			r.each(")", item)
		}
	}
}
