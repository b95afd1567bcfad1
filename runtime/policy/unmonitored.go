//go:build bench_unmonitored

package policy

// Monitored says that effects are not checked: this is the build of the benchmark which shows what the checks cost.
const Monitored = false
