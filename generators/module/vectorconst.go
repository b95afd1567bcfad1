package module

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// laneKind is how lanes are filled: with the low bytes of interesting values of a type. What is a limit of 32 bits is zero or all
// ones in fewer, and the constants have the limits of 8 and 16 bits too.
type laneKind struct {
	typ   wasm.ValType
	bytes int
}

var laneKinds = []laneKind{{wasm.I32, 1}, {wasm.I32, 2}, {wasm.I32, 4}, {wasm.I64, 8}, {wasm.F32, 4}, {wasm.F64, 8}}

// interestingVector reads the halves of a vector: the same value in all lanes, two values in some order, indexes of lanes, or any.
func interestingVector(t *tape.Tape) (low, high uint64) {
	switch k := t.Byte(); {
	case k < 90:
		return fillLanes(tape.Pick(t, laneKinds), t, 0)
	case k < 190:
		kind := tape.Pick(t, laneKinds)
		return fillLanes(kind, t, t.Uint16())
	case k < 230:
		return lanePattern(t)
	}
	return t.Uint64(), t.Uint64()
}

// fillLanes fills the lanes with one of two values; of the lane whose bit is set in which, with the second.
func fillLanes(k laneKind, t *tape.Tape, which uint16) (low, high uint64) {
	values := [2]uint64{interesting(t, k.typ)}
	if which != 0 {
		values[1] = interesting(t, k.typ)
	}
	var b [16]byte
	for i := range b {
		lane, at := i/k.bytes, i%k.bytes
		b[i] = byte(values[which>>lane&1] >> (8 * at))
	}
	return binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
}

// lanePattern reads indexes of lanes: they run up or down, stay, or are any. Of a swizzle those from 16 on are out of range, of a
// shuffle they are lanes of the second operand.
func lanePattern(t *tape.Tape) (low, high uint64) {
	if t.Chance(64) {
		return t.Uint64(), t.Uint64()
	}
	index, step := t.Byte()&31, tape.Pick(t, []byte{1, 255, 0, 2, 4, 15, 17, 8})
	var b [16]byte
	for i := range b {
		b[i] = index
		index += step
	}
	return binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
}
