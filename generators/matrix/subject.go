package matrix

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// subject is an instruction of which the operands and the result have types in the opcode table, with its boundary operands.
type subject struct {
	op       wasm.Op
	info     *wasm.OpInfo
	params   []wasm.ValType
	result   wasm.ValType // 0 if there is none
	traps    bool
	columns  [2]*column // of the first two parameters, long ones; with a type of 0 if there is none
	seconds  [2]*column // the same with each value in each lane
	few      [2]*column // some of each
	variants [][]uint64 // immediates
}

// onNumbers reports whether an instruction is a subject: it computes, or accesses memory.
func onNumbers(op wasm.Op) bool {
	class := op.Info().Class
	return class.IsNumeric() || class == wasm.ClassLoad || class == wasm.ClassStore || class == wasm.ClassVector ||
		class == wasm.ClassLoadLane || class == wasm.ClassStoreLane
}

func (b *builder) subject(op wasm.Op) *subject {
	sig := op.Operands()
	s := &subject{op: op, info: op.Info(), params: sig.Params, traps: len(op.Info().Traps) > 0}
	if len(sig.Results) > 0 {
		s.result = sig.Results[0]
	}
	for i := range s.columns {
		if i >= len(s.params) {
			s.columns[i], s.seconds[i], s.few[i] = b.column(0, nil), b.column(0, nil), b.column(0, nil)
			continue
		}
		t := s.params[i]
		rows, every := b.operands(s, i)
		s.columns[i], s.seconds[i], s.few[i] = b.column(t, rows), b.column(t, every), b.column(t, some(every, b.turn))
		if t.IsVector() {
			s.few[i] = b.sample(s.few[i])
		}
	}
	s.variants = b.immediates(s)
	return s
}

// some returns eight values of a list at most: its first ones, which are zeros, ones and limits, and others that turn chooses.
func some(list []value, turn int) []value {
	if len(list) <= 8 {
		return list
	}
	out := append([]value{}, list[:5]...)
	rest := list[5:]
	for i := range 3 {
		out = append(out, rest[(turn*4+i*len(rest)/3+turn)%len(rest)])
	}
	return out
}

// operands returns the boundary values of a parameter: each value once, and each in each lane.
func (b *builder) operands(s *subject, i int) (rows, every []value) {
	t := s.params[i]
	switch {
	case s.info.Access > 0 && i == 0:
		rows = scalars(addresses(uint32(s.info.Access)))
	case s.info.Access > 0 && !t.IsVector():
		rows = []value{{low: 0x8123456789abcdef}, {low: 0x7edcba9876543210}}
	case s.info.Access > 0:
		rows = []value{{0x8f0e0d0c0b0a0908, 0x8716253443526170}}
	case t.IsVector():
		width := s.info.Lanes.Operand()
		if width == 0 {
			width = 64
		}
		float := strings.ContainsAny(s.info.Name[:1]+s.info.Lanes.Func, "fF") && !strings.Contains(s.info.Name, "convert") && width >= 32
		lanes := b.lanes(width, float, len(s.params) == 1)
		same := uniform(lanes[2:5], width)
		return append(vectors(lanes, width, 128/width), same...), append(vectors(lanes, width, 1), same...)
	default:
		rows = scalars(b.numbers(t, len(s.params) == 1))
	}
	return rows, rows
}

func scalars(list []uint64) (out []value) {
	for _, x := range list {
		out = append(out, value{low: x})
	}
	return out
}

// addresses returns addresses at the edges of the memory, now and when it has grown by a page, for an access of so many bytes. Those
// near 2^32 are inside it if what is added to them were cut off to 32 bits.
func addresses(access uint32) (list []uint64) {
	for _, at := range []uint32{0, 1, 7, 0x7fffffff, 0x80000000, 0xffffffff, -access, -access - 1, 0xffff0000, 1<<32 - memory + 8} {
		list = append(list, uint64(at))
	}
	for _, end := range []uint32{memory, memory + wasm.PageSize} {
		for _, before := range []uint32{access, access + 1, access - 1, 0, access + 16} {
			list = append(list, uint64(end-before))
		}
	}
	return distinct(list, 0xffffffff)
}

// offsets returns displacements of an access.
func offsets(access uint32) []uint64 {
	return distinct([]uint64{0, 1, uint64(access), 16, 0xffff, 0x10000, memory - uint64(access), memory - uint64(access) + 1, memory - 8, 0x80000000,
		0xfffffff8, 0xffffffff}, 0xffffffff)
}

// immediates returns the immediates that an instruction is tried with. The first are the plainest.
func (b *builder) immediates(s *subject) [][]uint64 {
	list := [][]uint64{nil}
	for _, kind := range s.info.Imms {
		var next [][]uint64
		for _, before := range list {
			switch kind {
			case wasm.ImmMemarg:
				for _, offset := range offsets(uint32(s.info.Access)) {
					next = append(next, append(before[:len(before):len(before)], 0, offset))
				}
			case wasm.ImmLane:
				for lane := range s.info.Lanes.Count() {
					if lane == 0 || len(before) == 0 || before[1] <= 1 { // of accesses, few displacements with each lane
						next = append(next, append(before[:len(before):len(before)], uint64(lane)))
					}
				}
			case wasm.ImmLanes:
				for turn := range uint64(32) {
					var lanes [2]uint64
					for i := range uint64(16) {
						lanes[i/8] |= (turn + i*(1+turn%2*2)) % 32 << (i % 8 * 8)
					}
					next = append(next, lanes[:])
				}
			}
		}
		list = next
	}
	return list
}
