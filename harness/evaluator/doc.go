// Package evaluator executes WebAssembly as the specification reads: slowly and plainly, so that a glance tells that it is right.
//
// It is what the runtime is compared with. It shares with it the decoder and the list of instructions, and nothing else: not the
// signatures and lanes of that list, which it derives from the names of instructions as the specification does; not the numerics,
// which are written again from section 4.3; no bytecode, no lowering. An instruction is a node of a tree, and its meaning a function
// that takes its operands from a stack of values and puts its results there.
//
// Where the specification allows several NaNs (section 4.3.3), the evaluator gives the positive canonical one, which is always among
// them. What it computes can be compared to the bit with code that is compiled deterministically, and with modules that make
// their NaNs canonical themselves; with others it cannot.
//
// All of WebAssembly 2.0 with tail calls and extended constant expressions is covered. Modules must be valid. Section numbers are those
// of the specification of WebAssembly 2.0.
package evaluator
