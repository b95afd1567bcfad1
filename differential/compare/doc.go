// Package compare decides whether engines agree on what a module did. It is a set of pure functions of results: no clock,
// no file and no engine is touched here, so that every decision can be tested and repeated.
//
// What is compared is the final state (level L0): how far instantiation came, the outcome, results and trap class of each
// call, exported globals, tables and memories, the calls of host functions, and for WASI programs the exit status, stdout,
// stderr and the file tree. The specification leaves engines some freedom, and engines have limits; the table says what is
// done about each of these hazards.
//
//	hazard                                      treatment
//	NaN sign and payload                        two NaNs of one float type are equal in results, globals and host-call
//	                                            arguments, whatever their bits. Memory and integers are compared strictly:
//	                                            generated modules make NaNs canonical, and a file that differs is
//	                                            run again with canonical NaNs before it counts (package nan)
//	trap classes that an engine merges          compared at the join of what both engines tell apart
//	texts of traps and errors                   shown, never compared
//	call stack exhausted                        inconclusive: depth differs by engine; nothing after it is compared
//	fuel, interruption                          inconclusive; nothing after it is compared
//	time-out, or the engine had to be killed    a hang of that engine if another engine needed less than a hundredth
//	                                            of the time allowed, else inconclusive
//	death of the engine's process               a finding against that engine, not a divergence
//	limits of an engine or of the job           inconclusive; nothing after it is compared
//	growth of memories                          every engine is given the same bound, so its failure is compared
//	what a Go binding cannot do                 inconclusive, counted
//	module that needs a later proposal          engines that do not claim the proposal are left out when they refuse it
//	module that our own decoder refuses         only whether engines accept it is compared
//	segment that does not fit                   "unlinkable" equals a trap out of bounds in instantiation
//	time, random numbers, inodes and rights     a program that imports their calls is compared by its output and files;
//	                                            its memory, globals and tables are left out, and that is counted
//	WASI program that exports no memory         what hostcalls do then is open; engines that differ are left out, counted
//	references                                  null or not; never identity
//	tables that an engine cannot read           left out for that engine, and counted
//	order of exports and of directory entries   sorted by name
//	inode, times, mode bits, directory size     not compared
package compare
