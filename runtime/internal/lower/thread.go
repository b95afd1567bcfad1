package lower

import "github.com/touchstone-wasm/touchstone/runtime/internal/isa"

// maxThread bounds how many branches are followed; a chain can be a circle.
const maxThread = 8

// thread makes the branches of the function that begins at word entry, which go to other branches, go to where those go.
func (l *lowerer) thread(entry int) {
	for at := entry + 1; at < len(l.code.Words); {
		w := isa.Inst(l.code.Words[at])
		switch w.Op().Target() {
		case isa.Target:
			l.aim(at, l.follow(at+int(int32(w.AB()))))
		case isa.ShortTarget:
			near := at + int(int16(w.D()))
			if far := l.follow(near); far-at == int(int16(far-at)) {
				l.aim(at, far)
			}
		}
		at += w.Op().Words()
	}
}

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
