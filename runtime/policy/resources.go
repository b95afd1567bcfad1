package policy

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// resourceRules are about what a guest uses up: one rule for each resource, and one for what is given back.
var resourceRules = func() []Rule {
	var rules []Rule
	for r := range NumResources {
		rule := Rule{Name: r.Rule(), Doc: "The guest does not use up more than its quota of " + r.Doc() + "."}
		if r == FDs {
			rule.Ops, rule.check, rule.inline = 1<<FdOpen|1<<SockOpen, checkFDs, true
		} else {
			rule.Ops, rule.check = 1<<Spend, func(m *Monitor, e *Effect) string { return m.checkSpend(r, e) }
		}
		rules = append(rules, rule)
	}
	return append(rules, Rule{
		Name: "refund-spent",
		Doc:  "A hostcall gives back no more than it has taken from a quota itself.",
		Ops:  1<<Refund | 1<<Spend,
		check: func(m *Monitor, e *Effect) string {
			if e.Resource >= NumResources {
				return "there is no such resource"
			}
			if taken := m.taken(e.Resource); e.Op == Refund && e.Num > taken && planted.Selected != planted.MonitorRefund {
				return fmt.Sprintf("%d of %s are given back, %d were taken", e.Num, e.Resource, taken)
			}
			return ""
		},
	})
}()

// checkFDs is the check of the quota of descriptors, of which the monitor has its own count.
func checkFDs(m *Monitor, _ *Effect) string {
	if !m.mayOpen() {
		max, _ := m.quotas.Max(FDs)
		return fmt.Sprintf("%d descriptors are open, the quota is %d", m.open, max)
	}
	return ""
}

// mayOpen reports whether the guest may have one descriptor more.
func (m *Monitor) mayOpen() bool {
	max, bounded := m.quotas.Max(FDs)
	return !bounded || m.open < max
}

// checkSpend is the check of the quotas that are used up.
func (m *Monitor) checkSpend(r Resource, e *Effect) string {
	if left := m.quotas.left(r, m.spent[r]); e.Resource == r && e.Num > left {
		return fmt.Sprintf("%d of %s are asked for, %d are left", e.Num, r, left)
	}
	return ""
}

// account is what the hostcall in progress has taken from a quota.
type account struct{ call, taken uint64 }

// taken returns what the hostcall in progress has taken of r.
func (m *Monitor) taken(r Resource) uint64 {
	if a := m.accounts[r]; a.call == m.calls {
		return a.taken
	}
	return 0
}

// spend brings the model up to date with Spend and Refund effects: n was taken, or given back if it is negative modulo 2^64.
func (m *Monitor) spend(r Resource, n uint64) {
	m.spent[r] += n
	m.accounts[r] = account{m.calls, m.taken(r) + n}
}

// Limit sets the guest's quotas, before it runs.
func (m *Monitor) Limit(q Quotas) { m.quotas = q }

// Spend checks a Spend effect, as [Monitor.Read] does its own.
func (m *Monitor) Spend(r Resource, n uint64) *Violation {
	if !Monitored {
		return nil
	}
	if m.log == nil && m.declared.Has(Spend) && r < NumResources && n <= m.quotas.left(r, m.spent[r]) {
		m.spend(r, n)
		return nil
	}
	return m.Check(&Effect{Op: Spend, Resource: r, Num: n})
}
