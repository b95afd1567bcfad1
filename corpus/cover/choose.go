package cover

// Choose returns the indices of inputs that together cover all that any covers: first those that are kept in any case, then always the
// one that adds the most, of several the smallest, until none adds anything. That is at most a logarithm away from the fewest.
func Choose(covers [][]Unit, sizes []int, kept func(i int) bool) (chosen []int) {
	have := map[Unit]bool{}
	take := func(i int) {
		for _, u := range covers[i] {
			have[u] = true
		}
		chosen = append(chosen, i)
	}
	var rest []int
	for i := range covers {
		if kept(i) {
			take(i)
		} else {
			rest = append(rest, i)
		}
	}
	gain := func(i int) (n int) {
		for _, u := range covers[i] {
			if !have[u] {
				n++
			}
		}
		return n
	}
	for {
		best, most := -1, 0
		live := rest[:0]
		for _, i := range rest {
			g := gain(i)
			if g == 0 {
				continue // it never adds anything again
			}
			live = append(live, i)
			if best < 0 || g > most || g == most && sizes[i] < sizes[best] {
				best, most = i, g
			}
		}
		if rest = live; best < 0 {
			return chosen
		}
		take(best)
	}
}
