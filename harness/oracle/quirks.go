package oracle

import (
	"strings"
)

// quirks are known differences between wazero's verdicts on modules and ours, by what begins the reason for a verdict.
type quirks struct {
	refused  []quirk // by wazero, in its words
	accepted []quirk // by wazero, in our words
}

// quirk is one difference.
type quirk struct {
	text string // part of the message of who refuses
	why  string // with where the specification or wazero says so
}

// wazeroQuirks are those of wazero 1.12.0.
var wazeroQuirks = quirks{
	refused: []quirk{
		{"pages (64 Mi)", "the limit that NewWazero sets"},
		{"table min must be at most", "a limit of the implementation (specification appendix A.2)"},
	},
}

// refuses reports whether wazero may refuse a valid module with an error.
func (q *quirks) refuses(err error) bool { return contains(q.refused, err) }

// accepts reports whether wazero may accept a module that we refuse with an error.
func (q *quirks) accepts(err error) bool { return contains(q.accepted, err) }

func contains(list []quirk, err error) bool {
	for _, q := range list {
		if strings.Contains(err.Error(), q.text) {
			return true
		}
	}
	return false
}
