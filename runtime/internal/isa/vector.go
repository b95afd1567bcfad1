package isa

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// vectors returns the instructions that have vectors among their operands or results. Each corresponds to one WebAssembly
// instruction, in one form, or two for loads and stores of whole vectors.
func vectors() []Spec {
	var specs []Spec
	for op, info := range wasm.Ops() {
		if info.Since != wasm.SIMD {
			continue
		}
		s := Spec{Name: ConstName(op), How: Vector, Wasm: op, Shape: vectorShape(op, info)}
		specs = append(specs, s)
		if info.Class == wasm.ClassLoad || info.Class == wasm.ClassStore {
			s.Name, s.Plus, s.Shape.Imm = s.Name+"Plus", true, AddDisp
			if s.Shape.D == Disp {
				s.Shape.D = Unused
			} else {
				s.Shape.B = Unused
			}
			specs = append(specs, s)
		}
	}
	return specs
}

// vectorShape returns the form of a vector instruction, with the displacement of a load or store in the op word.
func vectorShape(op wasm.Op, info *wasm.OpInfo) Shape {
	switch info.Class {
	case wasm.ClassConst:
		return Shape{D: Write2, Imm: Halves}
	case wasm.ClassLoad:
		return Shape{D: Write2, A: Read, B: Disp}
	case wasm.ClassStore:
		return Shape{D: Disp, A: Read, B: Read2}
	case wasm.ClassLoadLane:
		return Shape{D: Write2, A: Read, B: Read2, Imm: DispLane}
	case wasm.ClassStoreLane:
		return Shape{A: Read, B: Read2, Imm: DispLane}
	}
	sig, s := op.Operands(), Shape{D: Write}
	if sig.Results[0].IsVector() {
		s.D = Write2
	}
	for i, t := range sig.Params {
		f := Read
		if t.IsVector() {
			f = Read2
		}
		switch i {
		case 0:
			s.A = f
		case 1:
			s.B = f
		case 2:
			s.Imm = Slot2 // only bitselect has three operands
		}
	}
	for _, kind := range info.Imms {
		switch {
		case kind == wasm.ImmLanes:
			s.Imm = LaneIndexes
		case s.B == Unused:
			s.B = Lane
		default:
			s.Imm = LaneIndex
		}
	}
	return s
}

// lanes returns how many lanes there are for a lane index of the instruction.
func (s *Spec) lanes() uint64 { return uint64(s.Wasm.Info().Lanes.Count()) }
