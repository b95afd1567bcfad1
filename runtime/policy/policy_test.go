package policy

import (
	"maps"
	"strings"
	"testing"
)

// guest returns a monitor of a guest with a stream 1 (host 11), a directory 3 (host 13) and a read-only one 4 (host 14),
// sockets and a quota of 4 of everything but descriptors, in a call that declares everything and a memory of 100 bytes.
func guest() *Monitor {
	m := NewMonitor(10)
	m.Grant(1, 11, 2)
	m.GrantDir(3, 13, 7, 15, "box", Read|Stat|Change)
	m.GrantDir(4, 14, 7, 15, "ro", Read|Stat)
	sockets(m)
	var q Quotas
	for r := range NumResources {
		q.Bound(r, 4)
	}
	q.Bound(FDs, 7) // one more than are open
	m.Limit(q)
	m.Begin("call", 1<<numOps-1, 100)
	return m
}

// example has effects that a rule allows and that it refuses.
type example struct{ pass, refuse []Effect }

// TestRules has effects that each rule allows and that it refuses.
func TestRules(t *testing.T) {
	examples := map[string]example{
		"declared-effect": {
			pass:   []Effect{{Op: Clock}, {Op: Random, Num: 5}, {Op: Sleep}, {Op: Exit}},
			refuse: []Effect{{Op: numOps}, {Op: 255}},
		},
		"memory-bounds": {
			pass:   []Effect{{Op: ReadMem, Len: 100}, {Op: WriteMem, Addr: 99, Len: 1}, {Op: ReadMem, Addr: 100}},
			refuse: []Effect{{Op: ReadMem, Len: 101}, {Op: WriteMem, Addr: 100, Len: 1}, {Op: WriteMem, Addr: 101}, {Op: ReadMem, Addr: 1<<64 - 1, Len: 2}, {Op: WriteMem, Addr: 2, Len: 1<<64 - 1}},
		},
		"fd-owned": {
			pass:   []Effect{{Op: FdUse, FD: 1, Host: 11}, {Op: FdClose, FD: 3, Host: 13}, {Op: PathAt, FD: 3, Host: 13, Path: "a"}},
			refuse: []Effect{{Op: FdUse, FD: 2, Host: 11}, {Op: FdUse, FD: 1, Host: 12}, {Op: FdUse, FD: -1}, {Op: FdUse, FD: 1 << 30}, {Op: FdClose, FD: 3, Host: 14}, {Op: PathAt, FD: 9, Path: "a"}, {Op: FdMove, FD: 5, Dir: 6}, {Op: FdLimit, FD: 5}},
		},
		"fd-rights": {
			pass:   []Effect{{Op: FdUse, FD: 1, Host: 11, Rights: 2}, {Op: PathAt, FD: 3, Host: 13, Rights: 5, Path: "a"}},
			refuse: []Effect{{Op: FdUse, FD: 1, Host: 11, Rights: 3}, {Op: PathAt, FD: 3, Host: 13, Rights: 8, Path: "a"}},
		},
		"fd-fresh": {
			pass:   []Effect{{Op: FdOpen, FD: 5, Dir: 3, Host: 15}, {Op: FdOpen, FD: 9, Dir: 3, Host: 15}, {Op: FdOpen, FD: 9, Dir: 3, Host: NoHost}},
			refuse: []Effect{{Op: FdOpen, FD: 1, Dir: 3, Host: 15}, {Op: FdOpen, FD: 10, Dir: 3, Host: 15}, {Op: FdOpen, FD: -1, Dir: 3, Host: 15}, {Op: FdOpen, FD: 5, Dir: 3, Host: 11}},
		},
		"rights-inherited": {
			pass:   []Effect{{Op: FdOpen, FD: 5, Dir: 3, Host: 15, Rights: 8, Inherit: 15}},
			refuse: []Effect{{Op: FdOpen, FD: 5, Dir: 3, Host: 15, Rights: 16}, {Op: FdOpen, FD: 5, Dir: 3, Host: 15, Inherit: 16}, {Op: FdOpen, FD: 5, Dir: 1, Host: 15, Rights: 1}, {Op: FdOpen, FD: 5, Dir: 7, Host: 15}},
		},
		"rights-narrowed": {
			pass:   []Effect{{Op: FdLimit, FD: 3, Host: 13, Rights: 7, Inherit: 1}, {Op: FdLimit, FD: 1, Host: 11}},
			refuse: []Effect{{Op: FdLimit, FD: 3, Host: 13, Rights: 8}, {Op: FdLimit, FD: 3, Host: 13, Inherit: 16}},
		},
		"fd-move-target": {
			pass:   []Effect{{Op: FdMove, FD: 3, Dir: 5, Host: 13}},
			refuse: []Effect{{Op: FdMove, FD: 3, Dir: 1, Host: 13}, {Op: FdMove, FD: 3, Dir: 10, Host: 13}, {Op: FdMove, FD: 3, Dir: -1, Host: 13}},
		},
		"path-relative": {
			pass:   []Effect{{Op: PathAt, FD: 3, Host: 13, Path: "a/../b"}, {Op: PathAt, FD: 3, Host: 13, Path: strings.Repeat("x", 4095)}},
			refuse: []Effect{{Op: PathAt, FD: 3, Host: 13}, {Op: PathAt, FD: 3, Host: 13, Path: "/a"}, {Op: PathAt, FD: 3, Host: 13, Path: "..\x00"}, {Op: PathAt, FD: 3, Host: 13, Path: strings.Repeat("x", 4096)}},
		},
		"beneath-preopen": {
			pass:   []Effect{{Op: PathAt, FD: 4, Host: 14, Path: "a", Access: Stat}},
			refuse: []Effect{{Op: PathAt, FD: 1, Host: 11, Path: "a"}},
		},
		"access-mode": {
			pass:   []Effect{{Op: PathAt, FD: 3, Host: 13, Path: "a", Access: Create}, {Op: PathAt, FD: 4, Host: 14, Path: "a", Access: Read | Stat}, {Op: FdUse, FD: 1, Host: 11, Access: Write}},
			refuse: []Effect{{Op: PathAt, FD: 4, Host: 14, Path: "a", Access: Create}, {Op: PathAt, FD: 4, Host: 14, Path: "a", Access: Delete}, {Op: FdUse, FD: 4, Host: 14, Access: SetStat}, {Op: PathAt, FD: 4, Host: 14, Path: "a", Access: Read | Truncate}},
		},
		"quota-fds": {
			pass:   []Effect{{Op: FdOpen, FD: 9, Dir: 3, Host: 25}},
			refuse: []Effect{{Op: FdOpen, FD: 9, Dir: 3, Host: 26}}, // the second one, see below
		},
		"quota-written": spending(Written),
		"quota-files":   spending(Files),
		"quota-stdout":  spending(Stdout),
		"quota-stderr":  spending(Stderr),
		"quota-sockets": spending(Sockets),
		"quota-sleep":   spending(SleepTime),
		"refund-spent": {
			pass:   []Effect{{Op: Refund, Resource: Files}},
			refuse: []Effect{{Op: Refund, Resource: Files, Num: 1}, {Op: Refund, Resource: NumResources}, {Op: Spend, Resource: NumResources}},
		},
	}
	maps.Copy(examples, netExamples)
	for rule, tt := range examples {
		for _, e := range tt.pass {
			if v := guest().Check(&e); v != nil {
				t.Errorf("%s: %v was refused: %v", rule, e, v)
			}
		}
		for _, e := range tt.refuse {
			m := guest()
			if rule == "quota-fds" {
				m.Check(&Effect{Op: FdOpen, FD: 5, Dir: 3, Host: 25})
			}
			v := m.Check(&e)
			if v == nil || v.Rule != rule {
				t.Errorf("%s: %v gives %v", rule, e, v)
			} else if !strings.Contains(v.Error(), rule) || v.Detail == "" {
				t.Errorf("%s: the violation says %q", rule, v)
			}
		}
		known := false
		for r := range Rules() {
			known = known || r.Name == rule
		}
		if !known {
			t.Errorf("there is no rule %s", rule)
		}
	}
	for r := range Rules() {
		if r.Doc == "" || r.Ops == 0 {
			t.Errorf("rule %s is incomplete", r.Name)
		}
		if _, ok := examples[r.Name]; !ok && r.Name != "declared" {
			t.Errorf("rule %s has no examples", r.Name)
		}
	}
}

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
	m.Begin("call", 1<<numOps-1, 0)
	if v := m.Spend(Written, 1<<64-1); v != nil {
		t.Errorf("without a quota: %v", v)
	}
	m.Begin("call", Ops(Exit), 0)
	if v := m.Spend(Written, 0); v == nil || v.Rule != "declared-effect" {
		t.Errorf("got %v", v)
	}
}

// begin begins the next hostcall.
func begin(m *Monitor) *Violation {
	m.Begin("call", 1<<numOps-1, 100)
	return nil
}

func TestUndeclared(t *testing.T) {
	m := guest()
	m.Begin("sched_yield", 0, 100)
	if v := m.Check(&Effect{Op: Sleep}); v == nil || v.Rule != "declared-effect" || v.Hostcall != "sched_yield" {
		t.Errorf("got %v", v)
	}
	if v := m.Memory(ReadMem, 0, 1); v == nil || v.Rule != "declared-effect" {
		t.Errorf("got %v", v)
	}
}

// TestModel follows descriptors through their lives.
func TestModel(t *testing.T) {
	m := guest()
	for i, step := range []struct {
		e    Effect
		rule string // that refuses it
	}{
		{Effect{Op: FdOpen, FD: 5, Dir: 4, Host: 15, Rights: 7, Inherit: 7}, ""},
		{Effect{Op: PathAt, FD: 5, Host: 15, Path: "a", Access: Write}, "access-mode"}, // what lies beneath ro is ro
		{Effect{Op: FdMove, FD: 5, Dir: 6, Host: 15}, ""},
		{Effect{Op: FdUse, FD: 5, Host: 15}, "fd-owned"},
		{Effect{Op: PathAt, FD: 6, Host: 15, Path: "a", Access: Write}, "access-mode"},
		{Effect{Op: FdClose, FD: 6, Host: 15}, ""},
		{Effect{Op: FdClose, FD: 6, Host: 15}, "fd-owned"},
		{Effect{Op: FdOpen, FD: 6, Dir: 3, Host: 15, Rights: 7}, ""}, // the host descriptor is free again
		{Effect{Op: PathAt, FD: 6, Host: 15, Path: "a", Access: Write, Rights: 7}, ""},
		{Effect{Op: FdLimit, FD: 6, Host: 15, Rights: 1}, ""},
		{Effect{Op: PathAt, FD: 6, Host: 15, Path: "a", Rights: 2}, "fd-rights"},
	} {
		v := m.Check(&step.e)
		switch {
		case v == nil && step.rule != "", v != nil && v.Rule != step.rule:
			t.Fatalf("step %d: %v gives %v, want %q", i, step.e, v, step.rule)
		}
	}
}

// TestInline compares the checks that do not go through the rules with those that do, on both sides of every condition.
func TestInline(t *testing.T) {
	refused := map[string]int{}
	same := func(e Effect, declared OpSet, inline func(m *Monitor) *Violation) {
		t.Helper()
		m := guest()
		m.Begin("call", declared, 100)
		got, want := inline(m), m.Check(&e)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Fatalf("%v: %v, but the rules say %v", e, got, want)
		}
		if want != nil {
			refused[want.Rule]++
		}
	}
	for _, declared := range []OpSet{1<<numOps - 1, Ops(Clock)} {
		for fd := int32(-1); fd < 6; fd++ {
			for _, host := range []int32{NoHost, 0, 11, 13, 14} {
				for rights := range uint64(16) {
					for access := range Access(128) {
						same(Effect{Op: FdUse, FD: fd, Host: host, Rights: rights, Access: access}, declared, func(m *Monitor) *Violation {
							return m.Use(fd, host, rights, access)
						})
					}
				}
			}
		}
		for _, op := range []Op{ReadMem, WriteMem} {
			for _, addr := range []uint64{0, 1, 99, 100, 101, 1 << 32, 1<<64 - 1} {
				for _, n := range []uint64{0, 1, 99, 100, 101, 1 << 32, 1<<64 - 1} {
					same(Effect{Op: op, Addr: addr, Len: n}, declared, func(m *Monitor) *Violation { return m.Memory(op, addr, n) })
				}
			}
		}
	}
	for r := range Rules() {
		if r.inline && refused[r.Name] == 0 {
			t.Errorf("%s is inline, but refused nothing here", r.Name)
		}
	}
	for _, op := range []Op{ReadMem, WriteMem, FdUse} {
		if !allInline[op] {
			t.Errorf("%s has a rule that is not inline: the hostcalls that matter become slower", op)
		}
	}
}

func TestLog(t *testing.T) {
	m := guest()
	var log []Effect
	m.Log(&log)
	m.Memory(ReadMem, 1, 2)
	m.Check(&Effect{Op: PathAt, FD: 3, Host: 13, Path: "a\x1b", Access: Read | Create, Follow: true})
	m.Check(&Effect{Op: Exit, Num: 3})
	want := []string{"read_mem:0x1+2", `path_at:3:read+create:follow:"a\x1b"`, "exit:3"}
	for i, e := range log {
		if i >= len(want) || e.String() != want[i] {
			t.Errorf("effect %d is %s", i, e)
		}
	}
	if len(log) != len(want) {
		t.Errorf("%d effects", len(log))
	}
}

func BenchmarkMonitor(b *testing.B) {
	m := guest()
	b.Run("effects=read_of_64_bytes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Begin("fd_read", 1<<numOps-1, 100)
			m.Memory(ReadMem, 0, 8)
			m.Memory(WriteMem, 16, 64)
			m.Memory(WriteMem, 8, 4)
			m.Use(1, 11, 2, Read)
		}
	})
}
