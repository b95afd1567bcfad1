package oracle

// bell rings when something may have changed in one of the files that are watched, their names, modes and times included. Listening takes
// one system call for all of them.
type bell struct {
	source
	rung map[*bool]struct{} // what is set when a file may have changed
}

// newBell returns a bell that watches nothing yet. If the system has none, it always rings for everything.
func newBell() *bell { return &bell{newSource(), map[*bool]struct{}{}} }

// watch has rung set, from now on, whenever something may have changed in the file at a path, which may be a link.
func (b *bell) watch(path string, rung *bool) error {
	b.rung[rung] = struct{}{}
	*rung = false
	return b.source.watch(path, rung)
}

// listen sets what is to be set for all that has happened.
func (b *bell) listen() {
	if b.source.listen() {
		return
	}
	for rung := range b.rung {
		*rung = true
	}
}
