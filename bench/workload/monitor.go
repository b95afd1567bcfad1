package workload

import "github.com/touchstone-wasm/touchstone/differential/engine/touchstone"

// monitor is the price of verification: the hostcalls on touchstone as it is, without its monitor, and with a trace of all.
func monitor() Suite {
	s := hostcalls()
	s.Name, s.Doc = "monitor", "hostcalls on touchstone with its monitor, without, and with a trace of every effect: processor time of a turn, without the loop itself"
	s.ByName, s.Selected = true, nil
	s.Baseline, s.Only = touchstone.Unmonitored, []string{touchstone.Name, touchstone.Unmonitored, touchstone.Traced}
	return s
}
