package lower

// Fusion is a set of ways in which the lowering makes one instruction of several. Code means the same with and without each; a
// test compares them.
type Fusion uint32

// The fusions.
const (
	Consts    Fusion = 1 << iota // the second operand of a numeric instruction or a store is a constant
	Branches                     // a branch on a comparison, or on eqz
	Opposite                     // eqz of an integer comparison is its opposite
	Steps                        // an addition to a local, a comparison of it and a branch
	Sums                         // a load or store at the sum of two values
	Threads                      // a branch to a branch goes to where that goes
	Targets                      // an instruction writes the local that its result is for
	Copies                       // two operands are copied by one instruction
	Addresses                    // a load or store adds a constant to its address, or has a constant one
	Wraps                        // an i32 is read from the low half of an i64, and an i64 from an i32, which is zero-extended
	Puts                         // a store is done together with what computes its value
	Moves                        // a store is done together with the load of its value
	Leaps                        // a branch is done together with what writes a slot before
	Globals                      // a constant is added to a global, or to what a global is set to
	Probes                       // a branch on a comparison of what is loaded with a constant
	Pairs                        // a numeric instruction is done together with what computes one of its operands

	// All is what modules are lowered with.
	All Fusion = 1<<iota - 1
)

// Fusions returns each fusion by its name, for tests that turn them off one by one.
func Fusions() map[string]Fusion {
	return map[string]Fusion{"consts": Consts, "branches": Branches, "opposite": Opposite, "steps": Steps, "sums": Sums,
		"threads": Threads, "targets": Targets, "copies": Copies,
		"addresses": Addresses, "pairs": Pairs, "puts": Puts, "moves": Moves, "leaps": Leaps, "globals": Globals, "probes": Probes,
		"wraps": Wraps}
}

func (l *lowerer) fuses(f Fusion) bool { return l.Fusions&f != 0 }
