// Package compare decides whether engines agree on what a module did. It is a set of pure functions of results: no clock,
// no file and no engine is touched here, so that every decision can be tested and repeated.
//
// What is compared is the final state (level L0): how far instantiation came, the outcome, results and trap class of each
// call, exported globals, tables and memories, the calls of host functions, and for WASI programs the exit status, stdout,
// stderr and the file tree. The specification leaves engines some freedom, and engines have limits; docs/hazards.md beside this
// package says what is done about each, where, and which test shows it.
package compare
