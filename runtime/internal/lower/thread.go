package lower

import "github.com/touchstone-wasm/touchstone/runtime/internal/isa"

// maxThread bounds how many branches are followed; a chain can be a circle.
const maxThread = 8

// thread makes the branches of the function that begins at word entry, which go to other branches, go to where those go.
// A branch to a return becomes that return.
func (l *lowerer) thread(entry int) {
	table := 0 // behind the last branch table
	for at := entry + 1; at < len(l.code.Words); {
		w := isa.Inst(l.code.Words[at])
		switch w.Op().Target() {
		case isa.Target:
			far := l.follow(at + int(int32(w.AB())))
			if w.Op() == isa.Br && at >= table && returns(isa.Inst(l.code.Words[far]).Op()) {
				l.code.Words[at] = l.code.Words[far]
			} else {
				l.aim(at, far)
			}
		case isa.ShortTarget:
			near := at + int(int16(w.D()))
			if far := l.follow(near); far-at == int(int16(far-at)) {
				l.aim(at, far)
			}
		}
		at += w.Op().Words()
		if w.Op() == isa.BrTable {
			table = at + int(w.AB()) + 1
		}
	}
}

func returns(op isa.Op) bool { return op == isa.Ret0 || op == isa.Ret1 || op == isa.RetN }

// follow returns where execution ends up that comes to a word, as far as it is branched on from there unconditionally.
func (l *lowerer) follow(at int) int {
	for range maxThread {
		w := isa.Inst(l.code.Words[at])
		if w.Op() != isa.Br {
			break
		}
		at += int(int32(w.AB()))
	}
	return at
}
