package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The texts of the fields of the op word at pc, and of the slots they name. The fields are read by loads of their own,
// not by shifting the op word: that keeps the handlers short.
const (
	fieldD  = "*(*uint16)(unsafe.Add(pc, 2))"
	fieldA  = "*(*uint16)(unsafe.Add(pc, 4))"
	fieldB  = "*(*uint16)(unsafe.Add(pc, 6))"
	fieldAB = "*(*uint32)(unsafe.Add(pc, 4))"
	imm     = "*(*uint64)(unsafe.Add(pc, 8))"
)

func slot(typ, field string) string {
	return fmt.Sprintf("*(*%s)(unsafe.Add(fp, uintptr(%s)*8))", typ, field)
}

// slot2 is the second slot of a v128.
func slot2(field string) string {
	return fmt.Sprintf("*(*uint64)(unsafe.Add(fp, uintptr(%s)*8+8))", field)
}

// macros are what the templates of templates.go may use.
var macros = strings.NewReplacer(
	"$D", slot("uint64", fieldD), "$A", slot("uint64", fieldA), "$B", slot("uint64", fieldB),
	"$2D", slot2(fieldD), "$2A", slot2(fieldA), "$2B", slot2(fieldB),
	"$32D", slot("uint32", fieldD), "$32A", slot("uint32", fieldA),
	"$fieldD", fieldD, "$fieldAB", fieldAB, "$fieldA", fieldA, "$fieldB", fieldB, "$imm", imm,
)

const loopHead = `package exec

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// loop executes register code from skip bytes behind m.pc on until something is to be done that it does not do itself, and says what.
// If skip is not 0, it is behind a call of the host: the Copy that often follows, of the result to a local, costs less here than
// a turn of the loop.
//
// It calls no function, so that pc, fp and m are all that lives across instructions and stays in registers. Its
// unsafe accesses are inside their objects because isa.Verify has checked the code: see the comment of State.
//
//go:nocheckptr
//go:norace
func loop(m *State, skip uintptr) Exit {
	if skip != 0 {
		behind := unsafe.Add(m.pc, skip)
		if *(*uint16)(behind) == uint16(isa.Copy) {
			from, to := uintptr(*(*uint16)(unsafe.Add(behind, 4)))*8, uintptr(*(*uint16)(unsafe.Add(behind, 2)))*8
			*(*uint64)(unsafe.Add(m.fp, to)) = *(*uint64)(unsafe.Add(m.fp, from))
			skip += 8
		}
	} else {
		m.trap = 0 // nine bytes: see below
	}
	// The dispatch lies in one cache line, in whichever half of a line the function begins, because of the nine bytes above. Dispatch
	// from two lines made every kernel a quarter slower.
	pc, fp := unsafe.Add(m.pc, skip), m.fp
	var exit Exit
	for {
		switch isa.Op(*(*uint16)(pc)) {
`

const loopTail = `
		default:
			exit = ExitSlow
			goto leave
		}
	}
outOfBounds:
	m.trap = wasm.MemoryOutOfBounds
	exit = ExitTrap
	goto leave
trap:
	exit = ExitTrap
leave:
	// Without write barriers, which would cost every call of the host a look at a flag and a jump: words and values hold what pc and
	// fp point into, so that no object lives by these fields alone.
	*(*uintptr)(unsafe.Pointer(&m.pc)), *(*uintptr)(unsafe.Pointer(&m.fp)) = uintptr(pc), uintptr(fp)
	return exit
}
`

func writeLoop(b *bytes.Buffer, specs []isa.Spec, funcs map[string]*numericFunc) error {
	b.WriteString(loopHead)
	for _, s := range specs {
		body, err := handler(s, funcs)
		if err != nil {
			return err
		}
		if body == "" {
			continue // a slow instruction: the default case leaves
		}
		fmt.Fprintf(b, "\t\tcase isa.%s:\n%s\n", s.Name, macros.Replace(body))
		if !s.Shape.Ends && !strings.Contains(body, "pc = ") && !strings.HasSuffix(body, "goto leave") {
			fmt.Fprintf(b, "\t\t\tpc = unsafe.Add(pc, %d)\n", 8*s.Shape.Words())
		}
	}
	b.WriteString(loopTail)
	return nil
}

// handler returns the text of one case, or nothing for an instruction that the loop leaves for.
func handler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	switch s.How {
	case isa.Template:
		body, ok := templates[s.Name]
		if !ok {
			return "", fmt.Errorf("no template for %s", s.Name)
		}
		return strings.NewReplacer("$enter", enter, "$branch", branch, "$shortBranch", shortBranch, "$indirect", indirect, "$replace", replace).Replace(body), nil
	case isa.Load:
		return loadHandler(s), nil
	case isa.Store:
		return storeHandler(s), nil
	case isa.Pair:
		return pairHandler(s, funcs)
	case isa.Fetch:
		return fetchHandler(s, funcs)
	case isa.Put:
		return putHandler(s, funcs)
	case isa.Numeric:
		f := funcs[isa.ConstName(s.Wasm)]
		if f == nil || len(f.params) != len(s.Wasm.Operands().Params) {
			return "", fmt.Errorf("package numeric has no function %s with %d parameters", s.Name, len(s.Wasm.Operands().Params))
		}
		if !f.inline {
			return "", nil
		}
		return numericHandler(s, f), nil
	case isa.Vector:
		return vectorHandler(s, funcs)
	case isa.Move:
		return moveHandler(s), nil
	case isa.Probe:
		return probeHandler(s, funcs)
	case isa.Branch, isa.Step:
		f := funcs[isa.ConstName(s.Wasm)]
		if f == nil || !f.inline || len(f.guards) > 0 {
			return "", fmt.Errorf("package numeric has no comparison %s of one expression", isa.ConstName(s.Wasm))
		}
		return branchHandler(s, f), nil
	}
	return "", nil
}

func numericHandler(s isa.Spec, f *numericFunc) string {
	var b strings.Builder
	for i, t := range f.params {
		operand := slot(t, []string{fieldA, fieldB}[i])
		if i == 1 && s.Const {
			operand = fmt.Sprintf("*(*%s)(unsafe.Add(pc, 8))", t)
		}
		fmt.Fprintf(&b, "%s := %s\n", []string{"a", "b"}[i], operand)
	}
	fmt.Fprintf(&b, "var v %s\n", f.result)
	values := 0
	for _, g := range f.guards {
		if g.trap != "" {
			fmt.Fprintf(&b, "if %s {\nm.trap = %s\ngoto trap\n}\n", g.cond, g.trap)
			continue
		}
		fmt.Fprintf(&b, "if %s {\nv = %s\n} else {\n", g.cond, g.value)
		values++
	}
	fmt.Fprintf(&b, "v = %s\n%s", f.value, strings.Repeat("}\n", values))
	return b.String() + store(f.result)
}

// store writes v, of a type of package numeric, to slot d, zero-extended.
func store(typ string) string {
	if typ == "bool" {
		return "var r uint64\nif v {\nr = 1\n}\n$D = r\n"
	}
	return "$D = " + toBits(typ, "v") + "\n"
}

// address computes the effective address, checked, into ea, from the slot in field base. The sum cannot overflow: both parts are
// below 2^32.
func address(s isa.Spec, base, disp string) string {
	var ea string
	switch {
	case s.Sum:
		ea = fmt.Sprintf("uint64(%s + %s)", slot("uint32", base), slot("uint32", disp))
	case s.Abs:
		ea = imm
	case s.Plus:
		ea = fmt.Sprintf("uint64(%s+*(*uint32)(unsafe.Add(pc, 8))) + uint64(*(*uint32)(unsafe.Add(pc, 12)))", slot("uint32", base))
	default:
		ea = fmt.Sprintf("uint64(%s) + uint64(%s)", slot("uint32", base), disp)
	}
	access := s.Wasm
	if s.How == isa.Put {
		access = s.Store
	}
	return fmt.Sprintf("ea := %s\nif int64(ea) > m.last%d {\ngoto outOfBounds\n}\n", ea, access.Info().Access)
}

// memType returns the Go type of what an access reads or writes in memory.
func memType(op wasm.Op, signed bool) string {
	if signed {
		return fmt.Sprintf("int%d", 8*op.Info().Access)
	}
	return fmt.Sprintf("uint%d", 8*op.Info().Access)
}

func loadHandler(s isa.Spec) string {
	name := s.Wasm.Info().Name
	signed := strings.HasSuffix(name, "_s")
	value := fmt.Sprintf("*(*%s)(unsafe.Add(m.mem, ea))", memType(s.Wasm, signed))
	switch {
	case signed && s.Wasm.Operands().Results[0] == wasm.I32:
		value = "uint64(uint32(int32(" + value + ")))"
	case signed:
		value = "uint64(int64(" + value + "))"
	default:
		value = "uint64(" + value + ")"
	}
	return address(s, fieldA, fieldB) + "$D = " + value + "\n"
}

func storeHandler(s isa.Spec) string {
	t := memType(s.Wasm, false)
	value := slot(t, fieldB)
	if s.Const {
		value = fmt.Sprintf("*(*%s)(unsafe.Add(pc, 8))", t)
	}
	return address(s, fieldA, fieldD) + fmt.Sprintf("*(*%s)(unsafe.Add(m.mem, ea)) = %s\n", t, value)
}

// branchHandler is a comparison that decides a branch. A Step adds to the first operand before.
func branchHandler(s isa.Spec, f *numericFunc) string {
	var b strings.Builder
	t := f.params[0]
	second := slot(t, fieldB)
	switch {
	case s.How == isa.Branch:
		fmt.Fprintf(&b, "a := %s\n", slot(t, fieldA))
		if s.Const {
			second = fmt.Sprintf("*(*%s)(unsafe.Add(pc, 8))", t)
		}
	case s.Slots:
		fmt.Fprintf(&b, "a := %s + *(*%s)(unsafe.Add(fp, uintptr(%s)*8))\n$A = %s\n", slot(t, fieldA), t, imm, toBits(t, "a"))
	case s.Const: // both constants are 32 bits wide, signed
		fmt.Fprintf(&b, "a := %s + %s(*(*int32)(unsafe.Add(pc, 8)))\n$A = %s\n", slot(t, fieldA), t, toBits(t, "a"))
		second = fmt.Sprintf("%s(*(*int32)(unsafe.Add(pc, 12)))", t)
	default:
		fmt.Fprintf(&b, "a := %s + *(*%s)(unsafe.Add(pc, 8))\n$A = %s\n", slot(t, fieldA), t, toBits(t, "a"))
	}
	fmt.Fprintf(&b, "b := %s\n%s", second, branchIf(s, f))
	return b.String()
}

// branchIf branches on f of a and b.
func branchIf(s isa.Spec, f *numericFunc) string {
	not, value := "", f.value
	if f.result != "bool" {
		value = "(" + value + ") != 0"
	}
	if s.Negated {
		not = "!"
	}
	return fmt.Sprintf("if %s(%s) {\n%s\n} else {\npc = unsafe.Add(pc, %d)\n}\n", not, value, shortBranch, 8*s.Shape.Words())
}

// writeSlowNumeric writes the dispatch of the numeric instructions that have no inline form.
func writeSlowNumeric(b *bytes.Buffer, specs []isa.Spec, funcs map[string]*numericFunc) error {
	var cases bytes.Buffer
	for _, s := range specs {
		f := funcs[isa.ConstName(s.Wasm)]
		if s.How != isa.Numeric || f.inline {
			continue
		}
		args := make([]string, len(f.params))
		for i, t := range f.params {
			args[i] = fromBits(t, []string{"a", "b"}[i])
		}
		call := fmt.Sprintf("numeric.%s(%s)", f.name, strings.Join(args, ", "))
		if f.traps {
			fmt.Fprintf(&cases, "case isa.%s:\nr, t := %s\nreturn %s, t\n", s.Name, call, toBits(f.result, "r"))
			continue
		}
		fmt.Fprintf(&cases, "case isa.%s:\nreturn %s, wasm.NoTrap\n", s.Name, toBits(f.result, call))
	}
	b.WriteString("package exec\n\nimport (\n")
	if bytes.Contains(cases.Bytes(), []byte("math.")) { // which instructions are slow decides it
		b.WriteString("\"math\"\n\n")
	}
	fmt.Fprintf(b, `"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/numeric"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// slowNumeric computes a numeric instruction that the loop leaves for; others it must not be asked for.
func slowNumeric(op isa.Op, a, b uint64) (value uint64, trap wasm.TrapCode) {
	switch op {
%s}
panic("exec: not a numeric instruction that the loop leaves for")
}
`, cases.Bytes())
	return nil
}

func fromBits(typ, v string) string {
	switch typ {
	case "float32":
		return "math.Float32frombits(uint32(" + v + "))"
	case "float64":
		return "math.Float64frombits(" + v + ")"
	}
	return typ + "(" + v + ")"
}

func toBits(typ, v string) string {
	switch typ {
	case "float32":
		return "uint64(math.Float32bits(" + v + "))"
	case "float64":
		return "math.Float64bits(" + v + ")"
	case "int32":
		return "uint64(uint32(" + v + "))"
	}
	return "uint64(" + v + ")"
}
