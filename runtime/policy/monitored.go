//go:build !bench_unmonitored

package policy

// Monitored says that effects are checked. It is true in every build but that of the benchmark which shows what the checks cost.
const Monitored = true
