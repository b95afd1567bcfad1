package main

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// pairHandler is a numeric instruction and another that takes its value, v. The conversion keeps the compiler from computing both
// with one rounding.
func pairHandler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	first, err := simple(s.Wasm, funcs)
	if err != nil {
		return "", err
	}
	b, other := slot(first.params[1], fieldB), fmt.Sprintf("*(*$t)(unsafe.Add(fp, uintptr(%s)*8))", imm)
	switch {
	case s.Const && s.Tail: // both constants are 32 bits wide, signed
		b, other = half(first.params[1], 8), half("$t", 12)
	case s.Const:
		b, other = constant(first.params[1]), slot("$t", fieldB)
	case s.Tail:
		other = constant("$t")
	}
	compute := fmt.Sprintf("a, b := %s, %s\nv := %s(%s)\n", slot(first.params[0], fieldA), b, first.result, first.value)
	return then(s, funcs, compute, other)
}

// constant is the immediate word as a number, half one half of it.
func constant(typ string) string { return fmt.Sprintf("*(*%s)(unsafe.Add(pc, 8))", typ) }
func half(typ string, at int) string {
	return fmt.Sprintf("%s(*(*int32)(unsafe.Add(pc, %d)))", typ, at)
}

// putHandler is a numeric instruction whose value is stored.
func putHandler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	f, err := simple(s.Wasm, funcs)
	if err != nil {
		return "", err
	}
	b := slot(f.params[1], fieldD)
	if s.Const {
		b = fmt.Sprintf("*(*%s)(unsafe.Add(pc, 16))", f.params[1])
	}
	return fmt.Sprintf("%sa, b := %s, %s\n*(*%s)(unsafe.Add(m.mem, ea)) = %s\n", address(s, fieldA, ""), slot(f.params[0], fieldB), b, f.result, f.value), nil
}

// moveHandler is a load and a store of what was loaded. Whichever is out of bounds, it can be executed again.
func moveHandler(s isa.Spec) string {
	t := memType(s.Wasm, false)
	to := fmt.Sprintf("uint64(%s+*(*uint32)(unsafe.Add(pc, 16))) + uint64(*(*uint32)(unsafe.Add(pc, 20)))", slot("uint32", fieldD))
	next := fmt.Sprintf("pc = unsafe.Add(pc, %d)", 8*s.Shape.Words())
	return fmt.Sprintf("%sto := %s\nif int64(to) > m.last%d {\nif planted.Selected == planted.MoveResume {\n%s\n}\ngoto outOfBounds\n}\n*(*%s)(unsafe.Add(m.mem, to)) = *(*%s)(unsafe.Add(m.mem, ea))\n%s\n",
		address(s, fieldA, ""), to, s.Store.Info().Access, next, t, t, next)
}

// fetchHandler is a load and a numeric instruction that takes what was loaded as its second operand; and perhaps one that takes its
// value.
func fetchHandler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	f, err := simple(s.Then, funcs)
	if err != nil {
		return "", err
	}
	read := memType(s.Wasm, strings.HasSuffix(s.Wasm.Info().Name, "_s"))
	if f.params[1] == "float32" || f.params[1] == "float64" {
		read = f.params[1]
	}
	value := fmt.Sprintf("v := %s(*(*%s)(unsafe.Add(m.mem, ea)))\n", f.params[1], read)
	if s.Tail {
		return then(s, funcs, address(s, fieldA, fieldB)+value, constant("$t"))
	}
	load := address(s, fieldB, "") + value
	first := slot("$t", fieldA)
	if s.Shape.Imm != isa.AddDispSlot {
		s.Second = true
		return then(s, funcs, load, first)
	}
	load = strings.Replace(load, "v := ", "b := ", 1)
	compute := fmt.Sprintf("%sa := %s\nv := %s(%s)\n", load, slot(f.params[0], fieldA), f.result, f.value)
	s.Then = s.Last
	return then(s, funcs, compute, "*(*$t)(unsafe.Add(fp, uintptr(*(*uint64)(unsafe.Add(pc, 16)))*8))")
}

// probeHandler is a load and a branch on what was loaded.
func probeHandler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	f, err := simple(s.Then, funcs)
	if err != nil {
		return "", err
	}
	t, read := f.params[0], memType(s.Wasm, strings.HasSuffix(s.Wasm.Info().Name, "_s"))
	return fmt.Sprintf("%sa, b := %s(*(*%s)(unsafe.Add(m.mem, ea))), %s\n%s", address(s, fieldA, fieldB), t, read, constant(t), branchIf(s, f)), nil
}

// then is the second instruction of a pair: compute declares v, the value of the first; other is the second's other operand. $t stands
// for its type.
func then(s isa.Spec, funcs map[string]*numericFunc, compute, other string) (string, error) {
	f, err := simple(s.Then, funcs)
	if err != nil {
		return "", err
	}
	first, second := f.params[0]+"(v)", strings.ReplaceAll(other, "$t", f.params[1])
	if s.Second {
		first, second = strings.ReplaceAll(other, "$t", f.params[0]), f.params[1]+"(v)"
	}
	return fmt.Sprintf("%s{\na, b := %s, %s\nv := %s\n%s}\n", compute, first, second, f.value, store(f.result)), nil
}

// simple returns the function of an instruction with two operands that is one expression.
func simple(op wasm.Op, funcs map[string]*numericFunc) (*numericFunc, error) {
	f := funcs[isa.ConstName(op)]
	if f == nil || !f.inline || len(f.guards) > 0 || len(f.params) != 2 {
		return nil, fmt.Errorf("package numeric has no %s of one expression with two operands", isa.ConstName(op))
	}
	return f, nil
}
