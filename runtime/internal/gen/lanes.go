package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxInline is how many times a handler of the loop may evaluate the function of its lanes, a guard counted like the rest of the
// function. What is longer is executed outside of the loop, by the same text but with calls of the function.
const maxInline = 32

// lanes writes the handler of one vector instruction. The text computes the result from the operands' slots, whose addresses
// are x, y and z, into low and high, and stores these at last, so that operands and result may share slots.
type lanes struct {
	spec isa.Spec
	info *wasm.OpInfo
	form wasm.Lanes
	f    *numericFunc // nil if lanes are only moved
	slow bool         // the text stands outside of the loop
	b    strings.Builder
}

// vectorHandler returns the text of one case of the loop, or nothing for an instruction that the loop leaves for.
func vectorHandler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	l, err := newLanes(s, funcs)
	if err != nil || !l.inline() {
		return "", err
	}
	return l.handler(), nil
}

func newLanes(s isa.Spec, funcs map[string]*numericFunc) (*lanes, error) {
	info := s.Wasm.Info()
	l := &lanes{spec: s, info: info, form: info.Lanes}
	if name := info.Lanes.Func; name != "" {
		if l.f = funcs[name]; l.f == nil || l.f.traps {
			return nil, fmt.Errorf("package numeric has no function %s for %s", name, s.Name)
		}
	}
	return l, nil
}

// inline reports whether the instruction stands in the loop. Accesses of memory always do.
func (l *lanes) inline() bool {
	if l.f == nil || l.info.Class != wasm.ClassVector {
		return true
	}
	n := 128 / int(l.form.Width)
	if l.form.Form == wasm.LaneExtract {
		n = 1
	}
	return l.f.inline && l.form.Form != wasm.LaneWhole && n*(1+len(l.f.guards)) <= maxInline
}

func (l *lanes) printf(format string, args ...any) { fmt.Fprintf(&l.b, format, args...) }

// handler returns the text.
func (l *lanes) handler() string {
	for i := range l.generics() {
		l.printf("type %s = %s\n", []string{"T", "R"}[i], l.typeArg(i))
	}
	switch l.info.Class {
	case wasm.ClassConst:
		return "$D, $2D = $imm, *(*uint64)(unsafe.Add(pc, 16))\n"
	case wasm.ClassLoad:
		l.load()
	case wasm.ClassStore:
		l.printf("%slow, high := $B, $2B\np := unsafe.Add(m.mem, ea)\n*(*uint64)(p), *(*uint64)(unsafe.Add(p, 8)) = low, high\n", address(l.spec, fieldA, fieldD))
	case wasm.ClassLoadLane, wasm.ClassStoreLane:
		l.memoryLane()
	default:
		l.vector()
	}
	return l.b.String()
}

// generics returns the constraints of the function's type parameters, if its text stands in the handler.
func (l *lanes) generics() []string {
	if l.f == nil || l.slow {
		return nil
	}
	return l.f.generic
}

// typeArg returns the type for a type parameter: the one of the right width in its constraint.
func (l *lanes) typeArg(i int) string {
	width := []int{l.form.Operand(), int(l.form.Width)}[i]
	for _, t := range strings.Split(l.f.generic[i], " | ") {
		if strings.HasSuffix(t, fmt.Sprint("t", width)) && t != "int" {
			return t
		}
	}
	panic(fmt.Sprintf("gen: %s cannot be had for lanes of %d bits", l.f.name, width))
}

// concrete returns a type of the function's signature without type parameters.
func (l *lanes) concrete(t string) string {
	switch t {
	case "T":
		return l.typeArg(0)
	case "R":
		return l.typeArg(1)
	}
	return t
}

// lane is lane i of a vector at the address p, read as the n-th parameter of the function.
func (l *lanes) lane(n int, p string, i int) string {
	t := fmt.Sprintf("uint%d", l.form.Operand())
	if l.f != nil {
		t = l.concrete(l.f.params[n])
	}
	if at := i * l.form.Operand() / 8; at > 0 {
		return fmt.Sprintf("*(*%s)(unsafe.Add(%s, %d))", t, p, at)
	}
	return fmt.Sprintf("*(*%s)(%s)", t, p)
}

var parameter = regexp.MustCompile(`\b[abcd]\b`)

// apply returns an expression for the function's value, and statements that must stand before it.
func (l *lanes) apply(args ...string) (before, value string) {
	switch {
	case l.f == nil:
		return "", args[0]
	case l.slow:
		types := ""
		for i := range l.f.generic {
			types += []string{"[", ", "}[i] + l.typeArg(i)
		}
		if types != "" {
			types += "]"
		}
		return "", fmt.Sprintf("numeric.%s%s(%s)", l.f.name, types, strings.Join(args, ", "))
	case len(l.f.guards) == 0:
		return "", parameter.ReplaceAllStringFunc(l.f.value, func(p string) string { return "(" + args[p[0]-'a'] + ")" })
	}
	names := strings.Split("a, b, c, d", ", ")[:len(args)]
	var b strings.Builder
	fmt.Fprintf(&b, "%s := %s\nvar v %s\n", strings.Join(names, ", "), strings.Join(args, ", "), l.concrete(l.f.result))
	for _, g := range l.f.guards {
		fmt.Fprintf(&b, "if %s {\nv = %s\n} else {\n", g.cond, g.value)
	}
	fmt.Fprintf(&b, "v = %s\n%s", l.f.value, strings.Repeat("}\n", len(l.f.guards)))
	return b.String(), "v"
}

// put sets lane i of the result to the function's value.
func (l *lanes) put(i int, args ...string) {
	half := []string{"low", "high"}[i*int(l.form.Width)/64]
	l.set(half, i*int(l.form.Width)%64, args...)
}

// set adds the function's value at a bit to a variable. A truth value becomes a one, which the caller has to spread. The
// compiler makes no branch and no conditional move of it: what the latter are chosen from must be ready before, which
// takes so many registers that pc and fp would leave theirs.
func (l *lanes) set(into string, bit int, args ...string) {
	before, value := l.apply(args...)
	result := fmt.Sprintf("uint%d", l.form.Width)
	if l.f != nil {
		result = l.concrete(l.f.result)
	}
	var set string
	if result == "bool" {
		before += fmt.Sprintf("var one uint64\nif %s {\none = 1\n}\n", value)
		set = fmt.Sprintf("%s |= one << %d\n", into, bit)
	} else {
		set = fmt.Sprintf("%s |= %s << %d\n", into, l.bits(result, value), bit)
	}
	if before != "" {
		set = "{\n" + before + set + "}\n"
	}
	l.printf("%s", set)
}

// bits converts a lane of the result to 64 bits, zero-extended.
func (l *lanes) bits(typ, value string) string {
	if strings.HasPrefix(typ, "int") {
		return fmt.Sprintf("uint64(u%s(%s))", typ, value)
	}
	return toBits(typ, value)
}

// operands writes the addresses of the vectors that the instruction reads. The third stands in the immediate word.
func (l *lanes) operands(n int) {
	for i := range n {
		l.printf("%s := unsafe.Add(fp, uintptr(%s)*8)\n", []string{"x", "y", "z"}[i], []string{fieldA, fieldB, imm}[i])
	}
}

const storeResult = "$D, $2D = low, high\n"

// vector writes a pure instruction.
func (l *lanes) vector() {
	n, params := 128/int(l.form.Width), len(l.spec.Wasm.Operands().Params)
	switch l.form.Form {
	case wasm.LaneMap:
		l.operands(params)
		l.mapped(n, func(at int) (args []string) {
			for k := range params {
				args = append(args, l.lane(k, []string{"x", "y", "z"}[k], at))
			}
			return args
		})
	case wasm.LaneLow, wasm.LaneHigh, wasm.LanePairs, wasm.LaneNarrow:
		l.operands(params)
		l.printf("var low, high uint64\n")
		l.combine(n, params)
		l.printf(storeResult)
	case wasm.LaneShift:
		l.operands(1)
		l.printf("shift := %s & %d\n", slot("uint32", fieldB), l.form.Width-1)
		l.mapped(n, func(at int) []string { return []string{l.lane(0, "x", at), l.concrete(l.f.params[1]) + "(shift)"} })
	case wasm.LaneSplat:
		l.printf("low := uint64(%s)%s\n$D, $2D = low, low\n", slot(fmt.Sprintf("uint%d", l.form.Width), fieldA), l.spread())
	case wasm.LaneExtract:
		before, value := l.apply(fmt.Sprintf("*(*%s)(unsafe.Add(fp, uintptr(%s)*8+uintptr(%s)*%d))", l.elem(), fieldA, fieldB, l.form.Operand()/8))
		result := fmt.Sprintf("uint%d", l.form.Width)
		if l.f != nil {
			result = l.concrete(l.f.result)
		}
		l.printf("%s$D = %s\n", before, l.bits(result, value))
	case wasm.LaneReplace:
		l.printf("lane := %s\nlow, high := $A, $2A\n%s", slot(l.elem(), fieldB), storeResult)
		l.printf("*(*%s)(unsafe.Add(fp, uintptr(%s)*8+uintptr($imm)*%d)) = lane\n", l.elem(), fieldD, l.form.Operand()/8)
	case wasm.LaneAll, wasm.LaneAny, wasm.LaneBits:
		l.reduce(n)
	case wasm.LaneWhole:
		args := []string{"numeric.V128{Low: $A, High: $2A}", "numeric.V128{Low: $B, High: $2B}", "numeric.V128{Low: $imm, High: *(*uint64)(unsafe.Add(pc, 16))}"}
		l.printf("v := numeric.%s(%s)\n$D, $2D = v.Low, v.High\n", l.f.name, strings.Join(args[:len(l.f.params)], ", "))
	default:
		panic(fmt.Sprintf("gen: no text for the form of %s", l.spec.Name))
	}
}

// mapped writes the n lanes of a result of which each comes from the same lanes of the operands, in a loop: one half in a
// round, or a quarter where each lane takes several registers. That keeps the text short, and few values alive at a time.
func (l *lanes) mapped(n int, args func(at int) []string) {
	bits := 64
	if l.form.Width < 32 && (l.f.result == "bool" || len(l.f.guards) > 0) {
		bits = 32
	}
	l.printf("var low, high uint64\nfor range %d {\nvar part uint64\n", 128/bits)
	for i := range bits / int(l.form.Width) {
		l.set("part", i*int(l.form.Width), args(i)...)
	}
	if l.f.result == "bool" {
		l.printf("part *= %#x\n", ^uint64(0)>>(64-l.form.Width))
	}
	if bits == 64 {
		l.printf("low, high = high, part\n")
	} else {
		l.printf("low = low>>%[1]d | high<<%[1]d\nhigh = high>>%[1]d | part<<%[1]d\n", bits)
	}
	for _, v := range []string{"x", "y", "z"}[:l.vectors()] {
		l.printf("%s = unsafe.Add(%s, %d)\n", v, v, bits/8)
	}
	l.printf("}\n%s", storeResult)
}

// vectors returns how many operands are vectors.
func (l *lanes) vectors() int {
	return strings.Count(l.info.Sig[:strings.IndexByte(l.info.Sig, ':')], "V")
}

// elem returns the type of a lane of the operand.
func (l *lanes) elem() string {
	if l.f != nil {
		return l.concrete(l.f.params[0])
	}
	return fmt.Sprintf("uint%d", l.form.Operand())
}

// spread is the factor that copies a lane to all lanes of a half.
func (l *lanes) spread() string {
	if l.form.Width == 64 {
		return ""
	}
	return fmt.Sprintf(" * %#x", ^uint64(0)/(1<<l.form.Width-1))
}

// combine writes the n lanes of a result whose lanes each come from fixed lanes of the operands.
func (l *lanes) combine(n, params int) {
	names := []string{"x", "y", "z"}[:params]
	for i := range n {
		var args []string
		switch l.form.Form {
		case wasm.LaneLow, wasm.LaneHigh:
			at := i
			if l.form.Form == wasm.LaneHigh {
				at += n
			}
			for k, p := range names {
				args = append(args, l.lane(k, p, at))
			}
		case wasm.LanePairs:
			for _, p := range names {
				args = append(args, l.lane(0, p, 2*i), l.lane(0, p, 2*i+1))
			}
		case wasm.LaneNarrow:
			if i/(n/2) >= params {
				return // the other lanes are zero
			}
			args = append(args, l.lane(0, names[i/(n/2)], i%(n/2)))
		}
		l.put(i, args...)
	}
}

// reduce writes an instruction that makes a number of all lanes, four in a round.
func (l *lanes) reduce(n int) {
	l.operands(1)
	round := min(n, 4)
	l.printf("var r uint64\nfor range %d {\nvar part uint64\n", n/round)
	for i := range round {
		l.set("part", i, l.lane(0, "x", i))
	}
	l.printf("r = r>>%d | part<<%d\nx = unsafe.Add(x, %d)\n}\n", round, n-round, round*l.form.Operand()/8)
	switch l.form.Form {
	case wasm.LaneAll:
		l.printf("if r == %#x {\nr = 1\n} else {\nr = 0\n}\n", 1<<n-1)
	case wasm.LaneAny:
		l.printf("if r != 0 {\nr = 1\n}\n")
	}
	l.printf("$D = r\n")
}

// load writes a load of a vector. All bytes are read before the result is stored.
func (l *lanes) load() {
	l.printf("%sx := unsafe.Add(m.mem, ea)\n", address(l.spec, fieldA, fieldB))
	switch l.form.Form {
	case wasm.LaneNone:
		l.printf("low, high := *(*uint64)(x), *(*uint64)(unsafe.Add(x, 8))\n%s", storeResult)
	case wasm.LaneSplat:
		l.printf("low := uint64(%s)%s\n$D, $2D = low, low\n", l.lane(0, "x", 0), l.spread())
	case wasm.LaneZero:
		l.printf("$D, $2D = uint64(%s), 0\n", l.lane(0, "x", 0))
	default:
		l.printf("var low, high uint64\n")
		l.combine(128/int(l.form.Width), 1)
		l.printf(storeResult)
	}
}

// memoryLane writes a load or a store of one lane. The immediate word holds the displacement and, above it, the lane.
func (l *lanes) memoryLane() {
	size := l.form.Operand() / 8
	l.printf("w := $imm\nea := uint64(%s) + uint64(uint32(w))\nif int64(ea) > m.last%d {\ngoto outOfBounds\n}\n", slot("uint32", fieldA), size)
	at := func(field string) string {
		return fmt.Sprintf("*(*%s)(unsafe.Add(fp, uintptr(%s)*8+uintptr(w>>32)*%d))", l.elem(), field, size)
	}
	memory := fmt.Sprintf("*(*%s)(unsafe.Add(m.mem, ea))", l.elem())
	if l.info.Class == wasm.ClassStoreLane {
		l.printf("%s = %s\n", memory, at(fieldB))
		return
	}
	l.printf("lane := %s\nlow, high := $B, $2B\n%s%s = lane\n", memory, storeResult, at(fieldD))
}

// writeSlowVector writes the vector instructions that the loop leaves for.
func writeSlowVector(b *bytes.Buffer, specs []isa.Spec, funcs map[string]*numericFunc) error {
	var cases strings.Builder
	for _, s := range specs {
		if s.How != isa.Vector {
			continue
		}
		l, err := newLanes(s, funcs)
		if err != nil {
			return err
		}
		if l.inline() {
			continue
		}
		l.slow = true
		fmt.Fprintf(&cases, "case isa.%s:\n%s", s.Name, macros.Replace(l.handler()))
	}
	fmt.Fprintf(b, `package exec

import (
	"unsafe"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/numeric"
)

// slowVector executes the vector instruction at pc, one that the loop leaves for; others it must not be asked for.
// Its unsafe accesses are as safe as those of the loop.
//
//go:nocheckptr
//go:norace
func slowVector(pc, fp unsafe.Pointer) {
	switch isa.Op(*(*uint16)(pc)) {
%sdefault:
panic("exec: not a vector instruction that the loop leaves for")
}
}
`, cases.String())
	return nil
}
