package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// maxGarbage is about how many bytes the collector lets lie around.
const maxGarbage = 32 << 20

// boundGarbage makes the collector start whenever there is so much garbage, however large the memory of a guest is. By default it waits
// until there is as much as there are bytes in use, which a guest with a large memory could make use of by hostcalls. It sees to that
// again after every collection.
func boundGarbage() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := 100
	if n := live[0].Value.Uint64(); n > maxGarbage {
		percent = max(1, int(100*maxGarbage/n))
	}
	debug.SetGCPercent(percent)
	type sentinel struct{ next *sentinel } // with a pointer, so that it shares its place with nothing else
	runtime.SetFinalizer(new(sentinel), func(*sentinel) { boundGarbage() })
}
