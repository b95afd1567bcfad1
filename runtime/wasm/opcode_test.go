package wasm

import (
	"fmt"
	"strings"
	"testing"
)

// accessBytes reads off the name of a load or store how many bytes it touches.
func accessBytes(name string) uint8 {
	if vector, ok := strings.CutPrefix(name, "v128."); ok {
		digits := strings.TrimLeft(vector, "loadstre")
		var width, lanes uint8
		switch n, _ := fmt.Sscanf(digits, "%dx%d", &width, &lanes); n {
		case 0:
			return 16
		case 1:
			return width / 8
		}
		return width / 8 * lanes
	}
	for suffix, n := range map[string]uint8{"8": 1, "8_s": 1, "8_u": 1, "16": 2, "16_s": 2, "16_u": 2, "32": 4, "32_s": 4, "32_u": 4} {
		if strings.HasSuffix(name, "load"+suffix) || strings.HasSuffix(name, "store"+suffix) {
			return n
		}
	}
	if name[1] == '3' {
		return 4
	}
	return 8
}

func TestOpcodeTable(t *testing.T) {
	names := map[string]Op{}
	codes := map[uint16]Op{}
	last := -1
	for op, info := range Ops() {
		if info.Name == "" {
			t.Errorf("op %d has no row", op)
			continue
		}
		if other, ok := names[info.Name]; ok && op != OpSelectT {
			t.Errorf("ops %d and %d have the same name %s", other, op, info.Name)
		}
		if other, ok := codes[info.Code]; ok {
			t.Errorf("%s and %s have the same code", other, op)
		}
		names[info.Name], codes[info.Code] = op, op
		if int(info.Code) <= last {
			t.Errorf("%s: not in the order of codes", op)
		}
		last = int(info.Code)
		checkTyping(t, op, info)
		checkImmediates(t, op, info)
		checkLanes(t, op, info)
	}
}

// checkTyping checks that an instruction is typed in exactly one way, and as its class says.
func checkTyping(t *testing.T, op Op, info *OpInfo) {
	if custom := info.Class == ClassCustom; custom != (info.Sig == "") {
		t.Errorf("%s: class %d with signature %q", op, info.Class, info.Sig)
	}
	if (info.Sig == "") != (rules[op] != nil) {
		t.Errorf("%s: wants a signature or a rule of validation, and not both", op)
	}
	if info.Sig == "" {
		return
	}
	for _, letter := range info.Sig {
		if _, ok := SigTypes[byte(letter)]; !ok && letter != ':' {
			t.Errorf("%s: letter %q in signature %q", op, letter, info.Sig)
		}
	}
	shapes := map[Class]string{
		ClassLoadLane: "2:1", ClassStoreLane: "2:0", ClassConst: "0:1", ClassTest: "1:1", ClassCompare: "2:1", ClassUnary: "1:1", ClassBinary: "2:1", ClassLoad: "1:1", ClassStore: "2:0",
	}
	params, results, ok := strings.Cut(info.Sig, ":")
	shape := string([]byte{'0' + byte(len(params)), ':', '0' + byte(len(results))})
	if want := shapes[info.Class]; !ok || want != "" && shape != want {
		t.Errorf("%s: signature %q is not one of class %d", op, info.Sig, info.Class)
	}
	if (info.Class == ClassTest || info.Class == ClassCompare) && results != "i" {
		t.Errorf("%s: result is not a boolean", op)
	}
}

func checkImmediates(t *testing.T, op Op, info *OpInfo) {
	elements, memarg := 0, false
	for _, imm := range info.Imms {
		switch imm {
		case ImmLabels, ImmTypes, ImmLane:
		case ImmV128, ImmLanes:
			elements += 2
		case ImmMemarg:
			memarg = true
			elements += 2
		default:
			elements++
		}
	}
	if elements > len(Instr{}.Imm) {
		t.Errorf("%s: %d immediates do not fit an Instr", op, elements)
	}
	access := info.Class == ClassLoad || info.Class == ClassStore || info.Class == ClassLoadLane || info.Class == ClassStoreLane
	if access != memarg || access != (info.Access != 0) {
		t.Errorf("%s: class %d, access %d, memarg %t", op, info.Class, info.Access, memarg)
	}
	if access && info.Access != accessBytes(info.Name) {
		t.Errorf("%s: access %d, want %d", op, info.Access, accessBytes(info.Name))
	}
}

// checkLanes checks what a row says of lanes against the shape in the instruction's name and its signature.
func checkLanes(t *testing.T, op Op, info *OpInfo) {
	l := info.Lanes
	if vector := strings.Contains(info.Sig, "V"); vector != (info.Since == SIMD) {
		t.Errorf("%s: signature %q in feature %s", op, info.Sig, info.Since)
	}
	if needs := info.Class == ClassVector || info.Class == ClassLoadLane || info.Class == ClassStoreLane; needs && l.Form == LaneNone {
		t.Errorf("%s: no form", op)
	}
	if info.Since != SIMD || info.Class == ClassLoad || info.Name[0] == 'v' {
		return
	}
	var width, lanes int
	if n, err := fmt.Sscanf(info.Name[1:], "%dx%d", &width, &lanes); n != 2 || err != nil || width*lanes != 128 {
		t.Fatalf("%s: no shape in the name", op)
	}
	if l.Form == LaneExtract && l.Operand() != width || l.Form != LaneExtract && int(l.Width) != width {
		t.Errorf("%s: lanes %+v", op, l)
	}
	wide := map[LaneForm]int{LaneLow: 2, LaneHigh: 2, LanePairs: 2}
	if f, ok := wide[l.Form]; ok && l.Operand()*f != width || l.Form == LaneNarrow && l.Operand() != 2*width || l.Form == LaneMap && l.Operand() != width {
		t.Errorf("%s: lanes %+v", op, l)
	}
	if free := l.Form == LaneSplat || l.Form == LaneExtract || l.Form == LaneReplace; l.Func == "" && !free {
		t.Errorf("%s: no function", op)
	}
}

// TestInstrRoundTrip encodes every instruction with edge values of its immediates and reads it back.
func TestInstrRoundTrip(t *testing.T) {
	edges := map[Imm][]uint64{
		ImmBlock:   {0, 1, 63, 64, 1<<32 - 1, uint64(1<<64 - 64), uint64(1<<64 - 1), uint64(1<<64 - 16)},
		ImmMemory:  {0},
		ImmMemarg:  {0, 3, 31},
		ImmI32:     {0, 63, 64, 1 << 31, 1<<32 - 1, 1<<31 - 1},
		ImmI64:     {0, 63, 64, 1 << 63, 1<<64 - 1, 1<<63 - 1},
		ImmF32:     {0, 1<<32 - 1},
		ImmF64:     {0, 1<<64 - 1},
		ImmRefType: {uint64(FuncRef), uint64(ExternRef)},
		ImmLane:    {0, 15, 255},
		ImmV128:    {0, 1<<64 - 1},
		ImmLanes:   {0x0f0e0d0c1f1e1d1c, 1<<64 - 1},
	}
	indices := []uint64{0, 127, 128, 1<<32 - 1}
	var got Instr
	for op, info := range Ops() {
		var values []uint64 = indices
		if len(info.Imms) > 0 && edges[info.Imms[0]] != nil {
			values = edges[info.Imms[0]]
		}
		for _, x := range values {
			in := Instr{Op: op, Labels: []uint32{7, uint32(x), 0}, Types: []ValType{I64, ExternRef}}
			in.Lane = uint8(x)
			for i, imm := range info.Imms {
				switch imm {
				case ImmMemory:
					in.Imm[i] = 0
				case ImmMemarg:
					in.Imm = [2]uint64{x, 1<<32 - 1}
				case ImmV128, ImmLanes:
					in.Imm = [2]uint64{x, ^x}
				case ImmLane:
				default:
					in.Imm[i] = x
				}
			}
			code := AppendInstr(nil, &in)
			r := NewReader(Expr{Code: code, Offset: 100})
			if err := r.Next(&got); err != nil || r.Pos() != len(code) || got.Op != op || got.Offset != 100 {
				t.Errorf("%s with %#x: %v after % x, read %v", op, x, err, code, got)
			}
			if again := AppendInstr(nil, &got); string(again) != string(code) {
				t.Errorf("%s with %#x: encoded as % x, read and encoded as % x", op, x, code, again)
			}
		}
	}
}

// TestOpenLanes looks at instructions on either side of the line that the specification draws (section 4.3.3).
func TestOpenLanes(t *testing.T) {
	for op, want := range map[Op]int{
		OpF32x4Add: 32, OpF64x2Add: 64, OpF32x4Nearest: 32, OpF64x2Max: 64,
		OpF32x4DemoteF64x2Zero: 32, OpF64x2PromoteLowF32x4: 64,
		OpF32x4Abs: 0, OpF64x2Neg: 0, OpF32x4Pmin: 0, OpF64x2Pmax: 0, // these keep bits
		OpF32x4Eq: 0, OpF32x4ConvertI32x4S: 0, OpI32x4TruncSatF32x4S: 0, OpI32x4Add: 0, OpF32Add: 0,
	} {
		if got := op.OpenLanes(); got != want {
			t.Errorf("%s: %d bits, want %d", op, got, want)
		}
	}
}
