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
	if s.Const {
		b, other = fmt.Sprintf("*(*%s)(unsafe.Add(pc, 8))", first.params[1]), slot("$t", fieldB)
	}
	compute := fmt.Sprintf("a, b := %s, %s\nv := %s(%s)\n", slot(first.params[0], fieldA), b, first.result, first.value)
	return then(s, funcs, compute, other)
}

// fetchHandler is a load and a numeric instruction that takes what was loaded as its second operand.
func fetchHandler(s isa.Spec, funcs map[string]*numericFunc) (string, error) {
	s.Second = true
	load := address(s, fieldB, "") + "v := *(*$t)(unsafe.Add(m.mem, ea))\n"
	return then(s, funcs, load, slot("$t", fieldA))
}

// then is the second instruction of a pair: compute declares v, the value of the first; other is the second's other operand. $t stands
// for the type of both.
func then(s isa.Spec, funcs map[string]*numericFunc, compute, other string) (string, error) {
	f, err := simple(s.Then, funcs)
	if err != nil {
		return "", err
	}
	operands := "v, " + other
	if s.Second {
		operands = other + ", v"
	}
	return strings.ReplaceAll(fmt.Sprintf("%s{\na, b := %s\nv := %s\n%s}\n", compute, operands, f.value, store(f.result)), "$t", f.params[0]), nil
}

// simple returns the function of an instruction with two operands that is one expression.
func simple(op wasm.Op, funcs map[string]*numericFunc) (*numericFunc, error) {
	f := funcs[isa.ConstName(op)]
	if f == nil || !f.inline || len(f.guards) > 0 || len(f.params) != 2 {
		return nil, fmt.Errorf("package numeric has no %s of one expression with two operands", isa.ConstName(op))
	}
	return f, nil
}
