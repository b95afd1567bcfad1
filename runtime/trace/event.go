// Package trace holds the schema of what guests do, hostcalls and single instructions, and its form as text.
//
// An event is a hostcall. It is one line, in the style of strace:
//
//	path_open fd=3 dirflags=symlink_follow path="a/b" oflags=creat -> ESUCCESS opened=4
//
// First the name of the hostcall, then its arguments in order, then "->", how the call ended, and its results. A call that
// does not return shows what it ended with instead of an errno:
//
//	proc_exit rval=3 -> exit
//
// The call of a linked module has the module's name and a colon in front.
//
// If effects are recorded, they follow after " | ", in the notation of package policy. A value is a number, a word of
// letters, digits and punctuation, or a quoted string. Quoted strings have every byte outside printable ASCII
// escaped, so that a guest cannot send control sequences to the terminal that shows its trace.
//
// A [Step] is an instruction. Its line begins with a number, which no hostcall's does. A line that begins with # is a note.
//
// [Reader] reads traces in this form and in a binary one, see [Format]; [Diff] finds where two part.
package trace

import "strconv"

// Kind says how a value is printed.
type Kind uint8

// The kinds of values.
const (
	Uint   Kind = iota // Num in decimal
	Int                // Num as a signed number in decimal
	Hex                // Num in hexadecimal
	Symbol             // Text as it stands: a word of the program's own, never the guest's bytes
	Bytes              // Text quoted and escaped
)

// Field is one named value of an event.
type Field struct {
	Name string
	Kind Kind
	Num  uint64
	Text string
	More int // bytes that were left out behind Text when a long string was printed
}

// Event is one hostcall.
type Event struct {
	Module   string // of printable ASCII: the linked module that makes the call; empty for the program itself
	Hostcall string
	Args     []Field
	// End is the errno's name, or what ended the guest if the call did not return: "exit", "violation" with the rule and
	// the effect, "interrupted", "failed".
	End     string
	Results []Field  // only of calls that succeeded
	Effects []string // if recorded
}

// maxText is the number of bytes of a string that are printed.
const maxText = 256

// Append appends the event as one line, without the newline.
func (e *Event) Append(b []byte) []byte {
	if e.Module != "" {
		b = append(append(b, e.Module...), ": "...)
	}
	b = append(b, e.Hostcall...)
	b = appendFields(b, e.Args)
	b = append(b, " -> "...)
	b = append(b, e.End...)
	b = appendFields(b, e.Results)
	for i, effect := range e.Effects {
		if i == 0 {
			b = append(b, " |"...)
		}
		b = append(b, ' ')
		b = append(b, effect...)
	}
	return b
}

func appendFields(b []byte, fields []Field) []byte {
	for i := range fields {
		b = append(b, ' ')
		b = append(b, fields[i].Name...)
		b = append(b, '=')
		b = fields[i].appendValue(b)
	}
	return b
}

func (f *Field) appendValue(b []byte) []byte {
	switch f.Kind {
	case Int:
		return strconv.AppendInt(b, int64(f.Num), 10)
	case Hex:
		return strconv.AppendUint(append(b, "0x"...), f.Num, 16)
	case Symbol:
		return append(b, f.Text...)
	case Bytes:
		return appendQuoted(b, f.Text, f.More)
	}
	return strconv.AppendUint(b, f.Num, 10)
}

// AppendQuoted appends s in quotes. Bytes outside printable ASCII become \xNN, the quote and the backslash get a
// backslash. Of a long string the beginning is shown, and then how many bytes there are.
func AppendQuoted(b []byte, s string) []byte { return appendQuoted(b, s, 0) }

// appendQuoted is AppendQuoted for a string of which so many more bytes are not there.
func appendQuoted(b []byte, s string, more int) []byte {
	const digits = "0123456789abcdef"
	shown := s[:min(len(s), maxText)]
	b = append(b, '"')
	for i := 0; i < len(shown); i++ {
		switch c := shown[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c > '~':
			b = append(b, '\\', 'x', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	b = append(b, '"')
	return appendRest(b, len(s)-len(shown)+more)
}
