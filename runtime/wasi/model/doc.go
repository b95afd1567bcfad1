// Package model is an executable model of WASI preview 1 that answers whether what a hostcall did is allowed.
//
// A [Model] is what one guest sees: a tree of files, descriptors with offsets, flags and rights, arguments, clocks, and coarsely its
// sockets. [Model.Judge] is told of one hostcall after the other as data, an [Outcome]: the row of the table, the arguments, the memory
// before and after, the errno. It returns a [Breach] if no implementation of preview 1 on such a host may do that, and else takes over
// what the call did. [Model.CheckTree] compares a directory of the host with the model's tree in the end, which finds what
// reports success and does nothing, or does it elsewhere.
//
// It is independent of the handlers of package wasi, of which it uses the table alone: names, kinds of parameters, numbers of errnos. Paths are
// resolved by a walk of its own over its own tree.
//
// # Sets
//
// Specifications leave freedom, so that what is allowed is a set. A rule (one row each in rules.go) names the conditions
// that hold, each a [clause]: the errnos that it allows, and where that is written, in preview 1, POSIX, the manuals of the hosts or the
// decisions of this project. A condition under which a call may fail leaves success allowed; one under which it must fail does not. If
// several hold, the union is allowed, because no specification gives an order of checks. On success the results are compared
// with the state: the bytes, amounts, offsets, names, types, sizes, rights.
//
// # Uncertainty
//
// The state is a set of states, too. Rights are kept as those that a descriptor must and those that it may have; what fd_fdstat_get reports
// narrows both. Contents, directories and descriptors can be unsure: after a call that failed because of a fault of the host
// ([Outcome.Fault]), after a write beyond what is kept, or after somebody else changed the tree ([Model.Forget], [Model.ForgetTree]). What is
// unsure is not compared and lets calls that meet it end either way. A call that changes something at a place that is not known makes the
// whole tree unsure, for it may be any file.
//
// A failed call changes nothing; that is checked by what later calls see, and by CheckTree.
package model
