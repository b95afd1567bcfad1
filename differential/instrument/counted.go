package instrument

// Counted returns a module that counts and hashes what it does (level L2), for comparing engines by that too; canonical tells that its
// arithmetic gives canonical NaNs only. A module that cannot be rewritten is returned as it is.
func Counted(module []byte, canonical bool) []byte {
	if m, err := Count(module, canonical); err == nil {
		return m.Bytes
	}
	return module
}

// Count makes a module count and hash what it does; canonical tells that its arithmetic gives canonical NaNs only. Errors are those of [Rewrite].
func Count(module []byte, canonical bool) (*Module, error) {
	o := Options{NaNs: Folded, Runs: true}
	if canonical {
		o.NaNs = Exact
	}
	return Rewrite(module, o)
}
