// Package numeric says what every numeric instruction means (specification section 4.3): for each row of the opcode
// table whose class is numeric there is one pure function, named like its Op constant without "Op".
//
// The interpreter loop is generated from the source of these functions. Their operands are called a and b. Their types
// are those that make the body plain: signed, unsigned or floating point of the operand's width. Instructions that
// only move or change bits of floats take and return the bits, so that payloads of NaNs are exact. Tests and
// comparisons return a bool; instructions that may trap return a [wasm.TrapCode] too, wasm.NoTrap for success.
//
// A function is in inline form if its body is any number of guards "if cond { return … }", each with one return
// statement, and one more return at the end, without local variables and without calls except conversions and
// functions of math and math/bits that compile to a few machine instructions on every target. The built-in min and max
// do not count: on x86 they may combine the bits of both operands, so that a canonical NaN loses its form. All other
// functions are for the slow path of the loop: they may be ordinary code.
//
// Vector instructions have no function each: their rows name the function that makes one lane of the result, often that of a
// numeric instruction, and say which lanes it is applied to. See lanes.go, saturate.go and vector.go.
//
// On NaN (section 4.3.3): arithmetic of the processor gives a quiet NaN made of an operand, or the canonical one up to
// its sign. Both are among the results that the specification allows. Where an operand would be handed on as it is, the
// function adds it to itself, which makes a signalling NaN quiet.
package numeric
