package numeric_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// vectorAccess is what the name of a load or store of vectors says.
type vectorAccess struct {
	kind   string // load, store, splat, zero, lane, extend
	width  int    // bits of what is moved, or of each of count lanes that are extended
	count  int
	signed bool
}

func parseAccess(name string) vectorAccess {
	op := strings.TrimPrefix(name, "v128.")
	a := vectorAccess{kind: strings.TrimRight(op, "0123456789x_suplatzeron"), width: 128, count: 1, signed: strings.HasSuffix(op, "_s")}
	rest := strings.TrimLeft(op, "loadstre")
	switch n, _ := fmt.Sscanf(rest, "%dx%d", &a.width, &a.count); n {
	case 0:
		a.kind = strings.TrimRight(op, "_")
	case 2:
		a.kind = "extend"
	default:
		a.kind = rest[strings.IndexByte(rest, '_')+1:]
	}
	return a
}

// load returns what a load of bytes gives; before is the vector that the lane goes into.
func (a vectorAccess) load(bytes []byte, before vec, lane int) vec {
	var out vec
	n := a.width / 8
	switch a.kind {
	case "load", "zero":
		copy(out[:], bytes[:n])
	case "splat":
		for i := 0; i < 16; i += n {
			copy(out[i:], bytes[:n])
		}
	case "lane":
		out = before
		copy(out[lane*n:], bytes[:n])
	case "extend":
		for i := range a.count {
			copy(out[2*n*i:], bytes[i*n:(i+1)*n])
			if a.signed && bytes[(i+1)*n-1]&0x80 != 0 {
				for k := n; k < 2*n; k++ {
					out[2*n*i+k] = 0xff
				}
			}
		}
	}
	return out
}

// forms returns the instructions that a load or store can become.
func forms(op wasm.Op) []isa.Op {
	if plus := isa.Of[op].Plus; plus != 0 {
		return []isa.Op{isa.Of[op].Plain, plus}
	}
	return []isa.Op{isa.Of[op].Plain}
}

// Every load and store of vectors moves the right bytes up to the end of the memory, and traps behind it without a change.
func TestVectorAccesses(t *testing.T) {
	runner := newVectorRunner()
	ops := 0
	for op, info := range wasm.Ops() {
		if info.Since != wasm.SIMD || info.Access == 0 {
			continue
		}
		ops++
		r := rand.New(rand.NewPCG(8, uint64(op)))
		access := parseAccess(info.Name)
		size := access.width * access.count / 8
		if size != int(info.Access) {
			t.Errorf("%s: %d bytes, the table says %d", info.Name, size, info.Access)
		}
		for i := range 200 {
			form := forms(op)[i%len(forms(op))]
			checkAccess(t, runner, r, form, access, size)
		}
	}
	if ops != 22 {
		t.Errorf("%d instructions were tested", ops)
	}
}

func checkAccess(t *testing.T, runner *vectorRunner, r *rand.Rand, form isa.Op, access vectorAccess, size int) {
	t.Helper()
	shape := form.Spec().Shape
	for i := range runner.memory[len(runner.memory)-64:] {
		runner.memory[len(runner.memory)-64+i] = byte(r.Uint32())
	}
	before := string(runner.memory)
	ea, disp := len(runner.memory)-size-r.IntN(40)+r.IntN(30), r.IntN(1<<16-80)
	lane := r.IntN(128 / access.width)
	imm := uint64(disp)
	if shape.Imm == isa.DispLane {
		imm |= uint64(lane) << 32
	}
	d := []uint16{8, slotA, slotB}[r.IntN(3)]
	code := vectorCode(form, d, imm)
	if err := isa.Verify(vectorModule(), code); err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	slots := make([]uint64, frame)
	for i := range slots {
		slots[i] = r.Uint64()
	}
	slots[slotA] = uint64(uint32(ea - disp))
	operand := vecOf(slots[slotB], slots[slotB+1])
	if ea < disp { // the sum is of numbers, not modulo 2^32
		slots[slotA], ea = uint64(uint32(ea-disp)), len(runner.memory)
	}
	got, trap := runner.run(t, code, slots)
	want := []byte(before)
	switch inside := ea+size <= len(runner.memory); {
	case !inside && trap != wasm.MemoryOutOfBounds || inside && trap != wasm.NoTrap:
		t.Errorf("%s of %d bytes at %d of %d: trap %v", form, size, ea, len(want), trap)
	case !inside:
		if got[d] != slots[d] || got[d+1] != slots[d+1] {
			t.Errorf("%s: a load that traps wrote its result", form)
		}
	case shape.D == isa.Write2:
		if v := access.load(want[ea:], operand, lane); vecOf(got[d], got[d+1]) != v {
			t.Errorf("%s at %d, lane %d: % x, want % x", form, ea, lane, vecOf(got[d], got[d+1]), v)
		}
	default:
		copy(want[ea:ea+size], operand[lane*access.width/8%16:])
	}
	if string(runner.memory) != string(want) {
		t.Errorf("%s at %d, lane %d: memory differs", form, ea, lane)
	}
}

func TestVectorConst(t *testing.T) {
	code := vectorCode(isa.V128Const, 8, 1<<63|5, 7)
	if err := isa.Verify(vectorModule(), code); err != nil {
		t.Fatal(err)
	}
	if got, _ := newVectorRunner().run(t, code, nil); got[8] != 1<<63|5 || got[9] != 7 {
		t.Errorf("got %#x %#x", got[8], got[9])
	}
}

// The verifier refuses what would make the loop access slots outside of the frame or lanes outside of a vector.
func TestVectorsAreVerified(t *testing.T) {
	refuses := func(code *isa.Code, what string) {
		t.Helper()
		if isa.Verify(vectorModule(), code) == nil {
			t.Errorf("%s is accepted", what)
		}
	}
	last := uint16(frame - 1)
	for op, info := range wasm.Ops() {
		if info.Since != wasm.SIMD {
			continue
		}
		for _, form := range forms(op) {
			s := form.Spec().Shape
			imms := make([]uint64, s.Words()-1)
			if s.B == isa.Lane || s.B == isa.Disp || s.D == isa.Disp {
				imms = []uint64{0}
			}
			good := func() *isa.Code { return vectorCode(form, 8, imms...) }
			if err := isa.Verify(vectorModule(), good()); err != nil {
				t.Errorf("%s: %v", form, err)
			}
			for field, kind := range []isa.Field{s.D, s.A, s.B} {
				limit := uint16(frame)
				switch kind {
				case isa.Read2, isa.Write2:
					limit = last
				case isa.Lane:
					limit = uint16(info.Lanes.Count())
				case isa.Read, isa.Write:
				default:
					continue
				}
				bad := good()
				shift := 16 * (field + 1)
				bad.Words[2] = bad.Words[2]&^(0xffff<<shift) | uint64(limit)<<shift
				refuses(bad, fmt.Sprintf("%s with %d in field %d", form, limit, field))
			}
			bad := good()
			switch s.Imm {
			case isa.LaneIndex:
				bad.Words[3] = uint64(info.Lanes.Count())
			case isa.DispLane:
				bad.Words[3] = uint64(info.Lanes.Count()) << 32
			case isa.Slot2:
				bad.Words[3] = uint64(last)
			default:
				continue
			}
			refuses(bad, fmt.Sprintf("%s with immediate %#x", form, bad.Words[3]))
		}
	}
}
