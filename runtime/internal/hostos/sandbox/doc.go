// Package sandbox takes from this process what a guest's hostcalls do not need, so that a guest that got past the validator, the
// handlers and the monitor still has nothing to gain. [Enter] does it for good, in layers that do not rely on each other:
//
//   - descriptors that the process inherited are closed;
//   - limits of resources (setrlimit): descriptors, address space, no core dumps;
//   - no_new_privs: no program that is executed gains privileges;
//   - Landlock: no file but those beneath the granted directories, each for its kind of access, and no TCP;
//   - seccomp: no system call but those of the table, [Calls], and of some only with certain arguments.
//
// The table is the one place that names system calls. The seccomp filter, the test that logs what hostcalls really do and
// runtime/docs/syscalls.md all follow from it.
//
// Linux has all layers, as far as its version and its configuration go. On macOS there are the limits alone. What could not be had
// is returned as [Gap]s.
package sandbox
