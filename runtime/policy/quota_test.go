package policy

import "testing"

// spending are the examples of a quota of 4 that is used up: the bound, and the values beyond it.
func spending(r Resource) (examples struct{ pass, refuse []Effect }) {
	rule := QuotaRule{}
	rule.Bound(r, 4)
	for _, n := range rule.Boundary()[r] {
		e := Effect{Op: Spend, Resource: r, Num: n}
		if n <= 4 {
			examples.pass = append(examples.pass, e)
		} else {
			examples.refuse = append(examples.refuse, e)
		}
	}
	return examples
}

// TestSpending follows a quota through several hostcalls.
func TestSpending(t *testing.T) {
	for _, logged := range []bool{false, true} { // a log goes past the inline check
		m := guest()
		var log []Effect
		if logged {
			m.Log(&log)
		}
		refund := func(n uint64) *Violation { return m.Check(&Effect{Op: Refund, Resource: Written, Num: n}) }
		for i, step := range []struct {
			v    *Violation
			rule string
		}{
			{m.Spend(Written, 3), ""},
			{m.Spend(Written, 2), "quota-written"},
			{refund(2), ""},
			{refund(2), "refund-spent"},
			{m.Spend(Written, 3), ""}, // 4 of 4
			{m.Spend(Written, 1), "quota-written"},
			{m.Spend(Written, 0), ""},
			{m.Spend(Stdout, 4), ""},
			{m.Spend(NumResources, 0), "refund-spent"},
			{m.Spend(255, 0), "refund-spent"},
			{begin(m), ""},
			{refund(1), "refund-spent"}, // what another call took
			{m.Spend(Stdout, 1<<64-1), "quota-stdout"},
		} {
			if step.v == nil && step.rule != "" || step.v != nil && step.v.Rule != step.rule {
				t.Errorf("logged %v, step %d: %v, want %q", logged, i, step.v, step.rule)
			}
		}
	}
	m := NewMonitor(10)
	m.Begin("call", 1<<numOps-1, nil)
	if v := m.Spend(Written, 1<<64-1); v != nil {
		t.Errorf("without a quota: %v", v)
	}
	m.Begin("call", Ops(Exit), nil)
	if v := m.Spend(Written, 0); v == nil || v.Rule != "declared-effect" {
		t.Errorf("got %v", v)
	}
}

// begin begins the next hostcall.
func begin(m *Monitor) *Violation {
	m.Begin("call", 1<<numOps-1, size(100))
	return nil
}
