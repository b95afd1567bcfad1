package behaviour

import (
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// Known is a deviation of a foreign engine from preview 1 that was looked into. What it explains is counted apart. The evidence is the matrix itself:
// the situations that it is about show it each time, and a breach cites what preview 1 or POSIX says.
type Known struct {
	Name     string
	Engines  []string
	Versions []string
	Reason   string
	Cases    []Case // any of which is it
}

// Case says what is known, as narrowly as the defect allows, so that it hides no other one: all that is given must hold.
type Case struct {
	// Calls are the hostcalls that did it, "path_*" for all that begin so; none stands for all, and "tree" for what is found in the end.
	Calls []string
	// Results are what they return, words of [Account.Results].
	Results []string
	// After is what a call before it returned; empty for anything.
	After string
	// Has are hostcalls of which the sequence has one: of a death nothing else is known.
	Has []string
	// Odd tells that an argument is an odd number: an address that is not aligned.
	Odd bool
	// Text is among the key and the detail of the breach, which say what the situation was and what would have been right, and what the engine
	// says; one of several.
	Text []string
}

// endOfSequence stands among the calls of a deviation for what is found when a sequence has ended.
const endOfSequence = "tree"

// Deviations are the known ones.
var Deviations = slices.Concat(ofWasmtime, ofWazero, ofWasmer)

// known returns the first deviation that explains an account, or nil.
func known(a *Account, s *Situation) *Known {
	name := engine.ParseVariant(a.Engine).Name
	for i := range Deviations {
		k := &Deviations[i]
		if slices.Contains(k.Engines, name) && slices.Contains(k.Versions, a.Version) &&
			slices.ContainsFunc(k.Cases, func(c Case) bool { return c.explains(a, s) }) {
			return k
		}
	}
	return nil
}

// explains reports whether all that c says holds.
func (c *Case) explains(a *Account, s *Situation) bool {
	call, result := endOfSequence, ""
	if a.At < len(s.Calls) {
		call = s.Calls[a.At].Row.Name
	}
	before := a.Results
	if n := len(a.Results); n > 0 {
		result = a.Results[n-1]
		if call != endOfSequence {
			before = before[:n-1]
		}
	}
	if c.Odd && !odd(a, s) {
		return false
	}
	words := a.Breach.Key + " " + a.Breach.Detail + " " + a.Message
	any := func(list []string, holds func(string) bool) bool {
		return len(list) == 0 || slices.ContainsFunc(list, holds)
	}
	return any(c.Calls, func(pattern string) bool {
		prefix, all := strings.CutSuffix(pattern, "*")
		return call == pattern || all && strings.HasPrefix(call, prefix)
	}) &&
		any(c.Results, func(r string) bool { return r == result }) &&
		(c.After == "" || slices.Contains(before, c.After)) &&
		any(c.Has, func(has string) bool {
			return slices.ContainsFunc(s.Calls, func(made hostcall.Call) bool { return made.Row.Name == has })
		}) &&
		any(c.Text, func(text string) bool { return strings.Contains(words, text) })
}

// odd reports whether an argument of the call that did it is an odd number.
func odd(a *Account, s *Situation) bool {
	if a.At >= len(s.Calls) {
		return false
	}
	_, args, _ := strings.Cut(a.Breach.Detail, s.Calls[a.At].Row.Name+"[")
	args, _, _ = strings.Cut(args, "]")
	return slices.ContainsFunc(strings.Fields(args), func(arg string) bool { return strings.Contains("13579bdf", arg[len(arg)-1:]) })
}

// Reason returns what a deviation is about.
func Reason(name string) string {
	i := slices.IndexFunc(Deviations, func(k Known) bool { return k.Name == name })
	if i < 0 {
		return ""
	}
	return Deviations[i].Reason
}
