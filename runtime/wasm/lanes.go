package wasm

// Lanes says what a vector instruction does: how lanes of the operands come together, and the function of package numeric
// that makes a lane of the result of them. Together with the types in [OpInfo.Sig] it is all that the generator of the
// interpreter loop needs.
type Lanes struct {
	Form  LaneForm
	Width uint8 // bits of a lane of the result; of the operand if the result is no vector
	From  uint8 // bits of a lane of the operands, if they differ

	// Func is the name of the function, "" if lanes are only moved. Of its type parameters, the first stands for lanes of
	// the operands and the second for lanes of the result: they are the types with the right width in their constraints.
	Func string
}

// LaneForm is a way to combine the lanes of operands.
type LaneForm uint8

// The forms. In their descriptions r is the result, a, b and c are the operands, f is the function, and n is the number of
// lanes of r.
const (
	LaneNone    LaneForm = iota // no lanes matter: loads, stores and constants of whole vectors
	LaneMap                     // r[i] = f(a[i], b[i], c[i]); a truth value becomes a mask
	LaneShift                   // r[i] = f(a[i], b modulo the width of a lane); b is an i32
	LaneSplat                   // r[i] = a, cut off to the width
	LaneZero                    // r[0] = a, the other lanes are zero
	LaneExtract                 // r = f(a[lane])
	LaneReplace                 // r = the vector operand with the other operand in place of r[lane]
	LaneLow                     // r[i] = f(a[i], b[i]); these are the low halves of the operands
	LaneHigh                    // r[i] = f(a[n+i], b[n+i])
	LanePairs                   // r[i] = f(a[2i], a[2i+1], b[2i], b[2i+1])
	LaneNarrow                  // r[i] = f(a[i]) for i < n/2, f(b[i-n/2]) for the others; they are zero if there is no b
	LaneAll                     // r = f(a[0]) and f(a[1]) and …
	LaneAny                     // r = f(a[0]) or f(a[1]) or …
	LaneBits                    // bit i of r = f(a[i])
	LaneWhole                   // r = f(a, b, immediate), f takes whole vectors
)

// Operand returns the number of bits of a lane of the operands.
func (l *Lanes) Operand() int {
	if l.From != 0 {
		return int(l.From)
	}
	return int(l.Width)
}

// Count returns the number of lanes that a lane index of the instruction can name.
func (l *Lanes) Count() int { return 128 / l.Operand() }

// shuffleLanes is the number of lanes of both operands of a shuffle.
const shuffleLanes = 32
