package behaviour

// Known is a deviation of a foreign engine from preview 1 that was looked into. What it explains is counted apart.
type Known struct {
	Name     string
	Engines  []string
	Versions []string
	Reason   string
	// Explains reports whether the deviation is what the account is about.
	Explains func(a *Account, s *Situation) bool
}

// Deviations are the known ones.
var Deviations = []Known{}

// known returns the first deviation that explains an account, or nil.
func known(a *Account, s *Situation) *Known {
	return nil
}

// Reason returns why a deviation is none of ours.
func Reason(name string) string {
	for i := range Deviations {
		if Deviations[i].Name == name {
			return Deviations[i].Reason
		}
	}
	return ""
}
