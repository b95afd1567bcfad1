// Package planted names defects that a test build can have, one at a time: what the fuzz targets, and the monitor, must find if they are
// worth anything. Each is one line of the runtime that asks whether it is the one that is selected:
//
//	if planted.Selected != planted.DataDrop {
//		segment = nil
//	}
//
// In every build without the tag planted, [Selected] is the constant [None], every such condition is a constant, and the compiler
// leaves nothing of it, nor of this package. With the tag, the environment selects a bug by its name when the process starts.
package planted

import "iter"

// Bug is one defect; [None] is no defect.
type Bug uint16

// Variable is the variable of the environment that names the bug which a process built with the tag planted shall have.
const Variable = "TOUCHSTONE_PLANTED"

// BlindVariable is the variable of the environment that, if it is not empty, makes [Blind] true in such a build.
const BlindVariable = "TOUCHSTONE_BLIND"

// Row is what there is to know of a bug.
type Row struct {
	Name   string // for the environment and for tables
	Area   string // the part of the runtime that it is in
	Target string // the fuzz target that ought to find it; others are tried after it
	Doc    string // what is wrong
	// Guard says that a check of the hostcalls is taken away, which the monitor must notice.
	Guard bool
	// Sequence says that no single call, instruction or section shows it: something must have happened before.
	Sequence bool
	// Missed says why no target finds it, if that is known; otherwise one must.
	Missed string
}

// Row returns what there is to know of b.
func (b Bug) Row() Row { return rows[b] }

// String returns the name of b.
func (b Bug) String() string { return rows[b].Name }

// All returns all bugs, area after area.
func All() iter.Seq[Bug] {
	return func(yield func(Bug) bool) {
		for b := None + 1; b < end; b++ {
			if !yield(b) {
				return
			}
		}
	}
}

// Named returns the bug with a name, or false if there is none.
func Named(name string) (Bug, bool) {
	for b := range All() {
		if rows[b].Name == name {
			return b, true
		}
	}
	return None, false
}
