// Package behaviour says what engines make of WASI preview 1: it runs sequences of hostcalls on each engine's own WASI, every one in a fresh tree
// of the same files, and lets the set-valued model of package model judge each call. Engines are not compared with each other: preview 1
// leaves most errnos open, so that two engines that differ are mostly both right.
//
// A sequence is a module of steps, a function for each call, and a snapshot of the memory is taken behind each. So the model sees of a foreign
// engine what it sees of ours: the arguments, the memory before and after, the errno. In the end it compares the files, and what lies outside
// of the directory that the guest was given must be what it was.
//
// What was found and looked into is in known.go, with its reason; it is counted apart.
package behaviour
