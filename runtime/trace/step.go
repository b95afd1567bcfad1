package trace

import "strconv"

// Step is one instruction of a guest, as one line:
//
//	17 func 3 "work" 0x41: i32.add i32=1 i32=2 -> i32=3
//
// First its number, then where it stands, then its name with its immediates and its operands, each with its type, and what it left,
// if it left anything. A call is on a line of its own before what the callee does; what it returned follows behind that, on a line
// with the same number and without operands.
type Step struct {
	Number   uint64
	Func     uint32 // function index
	Name     string // of the function; may be empty
	Offset   int    // of the instruction in the module's bytes
	Instr    string // name and immediates: printable, but perhaps long
	Operands []Field
	Results  []Field
	Cut      Cut
}

// Cut says of a step that was read from text how much was left out behind each part when it was printed.
type Cut struct{ Name, Instr, Operands, Results int }

// maxFields is the number of operands or results that are printed.
const maxFields = 16

// Append appends the step as one line, without the newline.
func (s *Step) Append(b []byte) []byte {
	b = strconv.AppendUint(b, s.Number, 10)
	b = append(b, " func "...)
	b = strconv.AppendUint(b, uint64(s.Func), 10)
	if s.Name != "" {
		b = appendQuoted(append(b, ' '), s.Name, s.Cut.Name)
	}
	b = append(b, " 0x"...)
	b = strconv.AppendUint(b, uint64(s.Offset), 16)
	b = append(b, ": "...)
	shown := s.Instr[:min(len(s.Instr), maxText)]
	b = append(b, shown...)
	b = appendRest(b, len(s.Instr)-len(shown)+s.Cut.Instr)
	b = appendFirst(b, s.Operands, s.Cut.Operands)
	if len(s.Results) > 0 {
		b = appendFirst(append(b, " ->"...), s.Results, s.Cut.Results)
	}
	return b
}

// appendFirst appends the first fields and says how many more there are, those included that are not there.
func appendFirst(b []byte, fields []Field, more int) []byte {
	shown := fields[:min(len(fields), maxFields)]
	b = appendFields(b, shown)
	if rest := len(fields) - len(shown) + more; rest > 0 {
		b = appendRest(append(b, ' '), rest)
	}
	return b
}

// appendRest says how much is left out.
func appendRest(b []byte, n int) []byte {
	if n > 0 {
		b = strconv.AppendInt(append(b, "...+"...), int64(n), 10)
	}
	return b
}
