package instrument

// Counted returns a module that counts and hashes what it does (level L2), for comparing engines by that too; canonical tells that its
// arithmetic gives canonical NaNs only. A module that cannot be rewritten is returned as it is.
func Counted(module []byte, canonical bool) []byte {
	o := Options{NaNs: Folded}
	if canonical {
		o.NaNs = Exact
	}
	m, err := Rewrite(module, o)
	if err != nil {
		return module
	}
	return m.Bytes
}
