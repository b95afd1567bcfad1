// Package workload is the list of what the benchmarks measure.
//
// A workload is a module with an exported function from one number to one number, and the same computation in Go, so that
// no figure is printed for a wrong result. Further suites are further entries of the list.
package workload

// Workload is one thing to measure.
type Workload struct {
	// Name is what tables and -run show: lower case, without spaces, unique.
	Name string
	// Suite groups workloads; it is the name of the benchmark in Go's format: "Kernel".
	Suite string
	// Doc says in one line what is computed and what it stresses.
	Doc string
	// Module returns the module in the binary format.
	Module func() []byte
	// Export is the function to call; its type is (i32) -> (i32).
	Export string
	// Arg is the argument that makes one call worth measuring: milliseconds on a good interpreter.
	Arg uint32
	// Small is an argument for tests, that ends in microseconds.
	Small uint32
	// Reference computes in Go what the module's function returns.
	Reference func(arg uint32) uint32
}

// All returns the workloads in the order of the tables.
func All() []Workload { return kernels() }
