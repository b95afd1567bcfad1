//go:build mutate

package guard

// taken is the guard that is taken away.
var taken = None

// Off reports whether a guard is taken away.
func Off(g Guard) bool { return g == taken }

// Take takes one guard away, and puts back the one that was. It is for one goroutine.
func Take(g Guard) { taken = g }
