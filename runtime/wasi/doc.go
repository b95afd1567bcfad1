// Package wasi gives guests WASI preview 1, the system interface that C, Rust, Go and TinyGo programs are built for, and WasmEdge's
// calls for sockets beside it.
//
// [New] makes a [System] from a [Config]: the arguments, environment, standard streams and directories that one guest
// owns. [System.Define] offers its hostcalls to a [runtime.Linker].
//
// Every hostcall is one row of the table in hostcalls.go, whose parameters have kinds from param.go. The type of the
// import, the checks of the arguments, the effects on memory, the trace line, the inputs of the fuzzers and the manual
// are derived from the row; the handler sees checked arguments only. Before each system call the handler tells its
// effect to a [policy.Monitor], which keeps a model of its own and stops the guest with a [policy.Violation] if
// the effect is not one that the guest may have.
//
// Pointers need not be aligned. Result pointers are checked before a call has any effect. A path never leaves the
// directory that the call names: leaving it is ENOTCAPABLE, whatever is there. The network is what the rules in the Config
// allow: the rest is EACCES, or ENOTCAPABLE if there is no rule for the protocol at all.
package wasi
