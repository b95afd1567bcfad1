package grammar

// Kind says what a [Place] is.
type Kind uint8

// The kinds of places.
const (
	Number      Kind = iota // a u32: an index, or one that counts nothing that follows
	Count                   // a u32: the length of a vector
	Size                    // a u32: of a section, a body, a name or the bytes of a data segment
	Signed32                // an s32
	Signed33                // an s33 that is not negative
	Signed64                // an s64
	Byte                    // a byte with a meaning: a type, a kind, a flag
	Name                    // the bytes of a name, behind their number
	Opcode                  // of an instruction, with the number behind a prefix
	Instruction             // with its immediates
	Section                 // with its id and size

	// NumKinds is the number of kinds.
	NumKinds = iota
)

// Place is something in a module that the grammar has a rule for: the bytes from Start to End.
type Place struct {
	Kind       Kind
	Start, End int
}

// Bits returns the width of the numbers of a kind, or 0 if it is none.
func (k Kind) Bits() int {
	switch k {
	case Number, Count, Size, Signed32:
		return 32
	case Signed33:
		return 33
	case Signed64:
		return 64
	}
	return 0
}

// Signed reports whether the numbers of a kind are signed.
func (k Kind) Signed() bool { return k == Signed32 || k == Signed33 || k == Signed64 }

// Places calls note with each place in a module, those inside another before it, and returns what [Check] does. In a module that is
// malformed, there are the places before what is wrong.
func Places(src []byte, note func(Place)) error {
	r := reader{src: src, end: len(src), note: note}
	r.module()
	return r.wrong
}

// place notes that something was read from start on.
func (r *reader) place(kind Kind, start int) {
	if r.note != nil && r.wrong == nil {
		r.note(Place{kind, start, r.at})
	}
}
