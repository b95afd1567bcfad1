// Package worker runs an engine in a process of its own.
//
// [Serve] is the main function of a worker program; [Engine] is its other end, an [engine.Engine] that builds the program when
// it is first needed, starts it, checks that it is who it says it is, feeds it jobs, kills it when a job takes too long,
// and starts it anew when it crashed, hung, or ran as many modules as its engine bears. It is a [timing.Timer] too: the worker then
// keeps one kernel and times batches of calls itself, so that the pipe is not in the figure.
//
// The two speak over the worker's standard input and output in frames of at most 96 MiB. The worker moves both out of
// the way first, so that whatever the engine reads or prints cannot come between. It ends when its input ends, and on Linux
// the kernel kills it when its parent dies.
package worker
