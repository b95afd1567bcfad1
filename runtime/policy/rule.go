package policy

import (
	"fmt"
	"iter"
	"slices"
)

// Rule is one thing that effects must satisfy.
type Rule struct {
	// Name identifies the rule in violations, tests and the manual.
	Name string
	// Doc says what the rule demands and why, in one sentence.
	Doc string
	// Ops are the kinds of effects that the rule looks at.
	Ops OpSet
	// inline says that [Monitor.QuickRead] and its siblings test the rule's condition themselves.
	inline bool
	// check returns what is wrong with e, or the empty string.
	check func(m *Monitor, e *Effect) string
}

// areas lists the rules in the order in which they are checked. Each area has its own file.
var areas = [...][]Rule{callRules, memoryRules, fileRules, netRules, resourceRules}

// Rules returns all rules.
func Rules() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, rules := range areas {
			for _, r := range rules {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// rulesOf lists the rules that look at each kind of effect, in order. declared-effect, which looks at all, comes first.
var rulesOf = func() (of [numOps][]*Rule) {
	for _, rules := range areas {
		for i := range rules {
			for op := range rules[i].Ops.All() {
				of[op] = append(of[op], &rules[i])
			}
		}
	}
	return of
}()

// allInline has the kinds of effects all of whose rules are inline. A rule that is not makes every effect of its kinds go
// through Check. plain has those that only declared-effect looks at.
var allInline, plain = func() (inline, plain OpSet) {
	for op := range numOps {
		if !slices.ContainsFunc(rulesOf[op], func(r *Rule) bool { return !r.inline }) {
			inline |= 1 << op
		}
		if len(rulesOf[op]) == 1 {
			plain |= 1 << op
		}
	}
	return inline, plain
}()

// Violation says that a hostcall was about to do what no rule allows it. It ends the guest.
type Violation struct {
	Rule     string // the rule's name
	Hostcall string
	Effect   Effect
	Detail   string // what is wrong, with the values
}

// Error returns the rule, the hostcall, the effect and the detail.
func (v *Violation) Error() string {
	return fmt.Sprintf("policy violation: %s: %s: %s (%s)", v.Rule, v.Hostcall, v.Detail, v.Effect)
}

// callRules are about hostcalls as such.
var callRules = []Rule{{
	Name: "declared-effect",
	Doc:  "A hostcall has only effects that its row in the table declares.",
	Ops:  1<<numOps - 1, inline: true,
	check: func(m *Monitor, e *Effect) string {
		if m.declared.Has(e.Op) {
			return ""
		}
		return "the hostcall's row does not declare " + e.Op.String()
	},
}}
