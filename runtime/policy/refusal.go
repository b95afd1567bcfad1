package policy

import "fmt"

// Refusal says what a guest was refused because its policy does not grant it. Unlike a [Violation] it is an ordinary
// event: the guest got an errno and went on.
type Refusal struct {
	Rule     string // the rule that would have been violated
	Hostcall string
	Path     string   // as the guest gave it; empty if the call has none
	Dir      string   // the guest's name of the directory that was granted, if the refusal is about one
	Access   Access   // what is not granted beneath Dir
	Resource Resource // what is used up, if the rule is its quota
	Max      uint64   // the quota of it
}

// String returns the call and why it was refused.
func (r *Refusal) String() string {
	call := r.Hostcall
	if r.Path != "" {
		call += fmt.Sprintf(" %.100q", r.Path)
	}
	if r.Dir != "" {
		call += fmt.Sprintf(" below %s", r.Dir)
	}
	switch {
	case r.Access != 0:
		return fmt.Sprintf("%s was refused: %s: %q is not granted for %s", call, r.Rule, r.Dir, singleModes(r.Access))
	case r.Rule == r.Resource.Rule():
		return fmt.Sprintf("%s was refused: %s: the quota of %s is used up", call, r.Rule, r.Resource.Format(r.Max))
	case r.Dir != "":
		return fmt.Sprintf("%s was refused: %s: the path leads out of %q", call, r.Rule, r.Dir)
	}
	return fmt.Sprintf("%s was refused: %s: no directory is granted", call, r.Rule)
}
