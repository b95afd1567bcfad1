// Package policy decides what a guest's hostcalls may do.
//
// A hostcall tells its effects, from a fixed vocabulary, to a [Monitor] before it makes the system call, and what came of
// it after: how many bytes moved, where the offset is, where in memory results go, what the host found for a path. The
// Monitor keeps a model of its own: the size of the memory, for which it asks the memory itself, the descriptors with their
// kinds, rights and offsets, the directories that they lie beneath. The model is made of the effects alone and never read
// from the tables of the hostcalls, so that a mistake there does not deceive the check. What the [Rules] forbid is a [Violation], which ends the guest: a hostcall that
// wants something illegal is a defect of the runtime, because it should have refused the guest itself.
//
// A [Policy] is what an embedder grants a guest, as data: rules in one notation for flags and files. What it does not grant is
// refused by the hostcalls with an errno, of which a [Refusal] tells.
package policy
