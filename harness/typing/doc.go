// Package typing says whether a module is valid, as chapter 3 of the specification of WebAssembly 2.0 reads, with tail calls and extended
// constant expressions.
//
// It is what the runtime's validator is compared with, so it shares with it the decoder and nothing else. It goes over the tree of
// instructions that [evaluator.Parse] makes: a block is typed by itself, on operands of its own. The types of instructions that have one
// come from [evaluator.Of], which derives them from names.
package typing
