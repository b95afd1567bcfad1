package policy

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

// size is a memory of so many bytes.
type size uint64

func (s size) Size() uint64 { return uint64(s) }

// guest returns a monitor of a guest with a stream 1 (host 11), a directory 3 (host 13), a read-only one 4 (host 14), an open file 2
// (host 12), sockets, its bytes 90 to 99 protected and a quota of 4 of everything but descriptors, in a call that declares
// everything, has told to read the bytes 0 to 9 and to write the bytes 20 to 29, and to resolve "dir/file" beneath 3.
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
	q.Bound(FDs, 8) // one more than are open
	m.Limit(q)
	m.Protect(Range{90, 10})
	m.Begin("path_open", 1<<numOps-1, size(100))
	for _, e := range []Effect{
		{Op: FdOpen, FD: 2, Dir: 3, Host: 12, Kind: File}, {Op: ReadMem, Len: 10}, {Op: WriteMem, Addr: 20, Len: 10},
		{Op: PathAt, FD: 3, Host: 13, Path: "dir/file"},
	} {
		if v := m.Check(&e); v != nil {
			panic(v)
		}
	}
	return m
}

// example has effects that a rule allows and that it refuses.
type example struct{ pass, refuse []Effect }

// examples has one for every rule but those about the network, which are in netExamples.
var examples = map[string]example{
	"declared-effect": {
		pass:   []Effect{{Op: Clock}, {Op: Random, Num: 5}, {Op: Sleep}, {Op: Exit}},
		refuse: []Effect{{Op: numOps}, {Op: 255}},
	},
	"memory-bounds": {
		pass:   []Effect{{Op: ReadMem, Len: 100}, {Op: WriteMem, Addr: 89, Len: 1}, {Op: ReadMem, Addr: 100}},
		refuse: []Effect{{Op: ReadMem, Len: 101}, {Op: WriteMem, Addr: 100, Len: 1}, {Op: WriteMem, Addr: 101}, {Op: ReadMem, Addr: 1<<64 - 1, Len: 2}, {Op: WriteMem, Addr: 2, Len: 1<<64 - 1}},
	},
	"memory-readonly": {
		pass:   []Effect{{Op: ReadMem, Addr: 90, Len: 10}, {Op: WriteMem, Len: 90}, {Op: WriteMem, Addr: 95}},
		refuse: []Effect{{Op: WriteMem, Addr: 90, Len: 1}, {Op: WriteMem, Addr: 99, Len: 1}, {Op: WriteMem, Len: 91}, {Op: WriteMem, Len: 100}},
	},
	"stored-as-told": {
		pass:   []Effect{{Op: Stored, Addr: 20, Len: 10}, {Op: Stored, Addr: 29, Len: 1}, {Op: Stored, Addr: 3}},
		refuse: []Effect{{Op: Stored, Addr: 19, Len: 2}, {Op: Stored, Addr: 29, Len: 2}, {Op: Stored, Len: 1}, {Op: Stored, Addr: 20, Len: 1<<64 - 1}},
	},
	"moved-within": {
		pass:   []Effect{{Op: Moved, FD: 1, Access: Read, Len: 10}, {Op: Moved, FD: 2, Access: Write, Len: 10}, {Op: Moved, FD: 2, Access: Write}},
		refuse: []Effect{{Op: Moved, FD: 1, Access: Read, Len: 11}, {Op: Moved, FD: 2, Access: Write, Len: 1 << 63}},
	},
	"rights-asked": {
		pass:   []Effect{{Op: PathAt, FD: 3, Host: 13, Path: "a", Inherit: 15}},
		refuse: []Effect{{Op: PathAt, FD: 3, Host: 13, Path: "a", Inherit: 16}},
	},
	"no-devices": {
		pass:   []Effect{{Op: FdOpen, FD: 5, Dir: 3, Host: 15}, {Op: FdOpen, FD: 5, Dir: 3, Host: 15, Kind: Dir}},
		refuse: []Effect{{Op: FdOpen, FD: 5, Dir: 3, Host: 15, Kind: Device}},
	},
	"fd-kind": {
		pass:   []Effect{{Op: Moved, FD: 1}, {Op: Sought, FD: 2}, {Op: Sought, FD: 1, Whence: SeekCur}},
		refuse: []Effect{{Op: PathAt, FD: 2, Host: 12, Path: "a"}, {Op: Moved, FD: 3}, {Op: Moved, FD: 9}, {Op: Sought, FD: 4}, {Op: Sought, FD: -1}},
	},
	"offset-as-told": {
		pass: []Effect{{Op: Sought, FD: 2, Whence: SeekCur, Len: 3, Num: 3}, {Op: Sought, FD: 2, Len: 7, Num: 7}, {Op: Sought, FD: 2, Whence: SeekEnd, Num: 99},
			{Op: Sought, FD: 1, Whence: SeekCur, Num: 99}},
		refuse: []Effect{{Op: Sought, FD: 2, Whence: SeekCur, Num: 1}, {Op: Sought, FD: 2, Len: 7, Num: 6}},
	},
	"resolved-path": {
		pass:   []Effect{{Op: Resolved, Host: 13, Path: "dir/file", Place: "/a/b", Base: "/a"}, {Op: Resolved, Host: 13, Path: "dir/", Place: "/a/b", Base: "/a"}},
		refuse: []Effect{{Op: Resolved, Host: 13, Path: "dir/other", Place: "/a/b", Base: "/a"}, {Op: Resolved, Host: 14, Path: "dir/file", Place: "/a/b", Base: "/a"}},
	},
	"resolved-beneath": {
		pass:   []Effect{{Op: Resolved, Host: 13, Path: "dir/file", Place: "/a", Base: "/a"}, {Op: Resolved, Host: 13, Path: "dir/file", Place: "/b", Base: "/"}},
		refuse: []Effect{{Op: Resolved, Host: 13, Path: "dir/file", Place: "/ab", Base: "/a"}, {Op: Resolved, Host: 13, Path: "dir/file", Place: "/", Base: "/a"}},
	},
	"fd-owned": {
		pass:   []Effect{{Op: FdUse, FD: 1, Host: 11}, {Op: FdClose, FD: 3, Host: 13}, {Op: PathAt, FD: 3, Host: 13, Path: "a"}},
		refuse: []Effect{{Op: FdUse, FD: 5, Host: 11}, {Op: FdUse, FD: 1, Host: 12}, {Op: FdUse, FD: -1}, {Op: FdUse, FD: 1 << 30}, {Op: FdClose, FD: 3, Host: 14}, {Op: PathAt, FD: 9, Path: "a"}, {Op: FdMove, FD: 5, Dir: 6}, {Op: FdLimit, FD: 5}},
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
		pass:   []Effect{{Op: PathAt, FD: 3, Host: 13, Path: "a/../b"}, {Op: PathAt, FD: 3, Host: 13, Path: strings.Repeat("x", 4095)}, {Op: Target, Path: "../a"}},
		refuse: []Effect{{Op: PathAt, FD: 3, Host: 13}, {Op: PathAt, FD: 3, Host: 13, Path: "\xff"}, {Op: Target}, {Op: Target, Path: "/etc"}, {Op: PathAt, FD: 3, Host: 13, Path: "/a"}, {Op: PathAt, FD: 3, Host: 13, Path: "..\x00"}, {Op: PathAt, FD: 3, Host: 13, Path: strings.Repeat("x", 4096)}},
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

// TestRules tries the examples of every rule.
func TestRules(t *testing.T) {
	maps.Copy(examples, netExamples)
	known := map[string]bool{}
	for r := range Rules() {
		rule, tt := r.Name, examples[r.Name]
		known[rule] = true
		if len(tt.pass) == 0 || len(tt.refuse) == 0 || r.Doc == "" || r.Ops == 0 {
			t.Errorf("rule %s is incomplete, or has no example that passes and one that is refused", rule)
		}
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
	}
	for rule := range examples {
		if !known[rule] {
			t.Errorf("there is no rule %s", rule)
		}
	}
}

func TestUndeclared(t *testing.T) {
	m := guest()
	m.Begin("sched_yield", 0, size(100))
	if v := m.Check(&Effect{Op: Sleep}); v == nil || v.Rule != "declared-effect" || v.Hostcall != "sched_yield" {
		t.Errorf("got %v", v)
	}
	if m.QuickRead(0, 1) {
		t.Error("a quick look allows what is not declared")
	}
}

// TestModel follows descriptors through their lives.
func TestModel(t *testing.T) {
	m := guest()
	for i, step := range []struct {
		e    Effect
		rule string // that refuses it
	}{
		{Effect{Op: FdOpen, FD: 5, Dir: 4, Host: 15, Kind: Dir, Rights: 7, Inherit: 7}, ""},
		{Effect{Op: PathAt, FD: 5, Host: 15, Path: "a", Access: Write}, "access-mode"}, // what lies beneath ro is ro
		{Effect{Op: FdMove, FD: 5, Dir: 9, Host: 15}, ""},
		{Effect{Op: FdUse, FD: 5, Host: 15}, "fd-owned"},
		{Effect{Op: PathAt, FD: 9, Host: 15, Path: "a", Access: Write}, "access-mode"},
		{Effect{Op: FdClose, FD: 9, Host: 15}, ""},
		{Effect{Op: FdClose, FD: 9, Host: 15}, "fd-owned"},
		{Effect{Op: FdOpen, FD: 9, Dir: 3, Host: 15, Kind: Dir, Rights: 7}, ""}, // the host descriptor is free again
		{Effect{Op: PathAt, FD: 9, Host: 15, Path: "a", Access: Write, Rights: 7}, ""},
		{Effect{Op: FdLimit, FD: 9, Host: 15, Rights: 1}, ""},
		{Effect{Op: PathAt, FD: 9, Host: 15, Path: "a", Rights: 2}, "fd-rights"},
	} {
		v := m.Check(&step.e)
		switch {
		case v == nil && step.rule != "", v != nil && v.Rule != step.rule:
			t.Fatalf("step %d: %v gives %v, want %q", i, step.e, v, step.rule)
		}
	}
}

// quick is the quick look at an effect that has one.
func quick(m *Monitor, e *Effect) bool {
	switch e.Op {
	case ReadMem:
		return m.QuickRead(e.Addr, e.Len)
	case WriteMem:
		return m.QuickWrite(e.Addr, e.Len)
	case Stored:
		return m.QuickStored(e.Addr, e.Len)
	case FdUse:
		return m.QuickUse(e.FD, e.Host, e.Rights, e.Access)
	case Moved:
		return m.QuickMoved(e.FD, e.Access, e.Len, e.Where)
	case PathAt:
		return m.QuickPath(e.FD, e.Host, e.Rights, e.Inherit, e.Access, e.Path)
	case FdOpen:
		return m.QuickOpen(e.FD, e.Dir, e.Host, e.Kind, e.Rights, e.Inherit)
	case FdClose:
		return m.QuickClose(e.FD, e.Host)
	}
	return m.QuickPlain(e.Op)
}

// TestQuick compares the quick looks with the rules, on both sides of every condition: what a look allows, the rules allow, and the
// model is the same afterwards. What the rules allow and a look does not is said here.
func TestQuick(t *testing.T) {
	refused, allowed := map[string]int{}, map[Op]int{}
	var protected []Range
	full := false // no descriptor more is allowed
	same := func(e Effect, declared OpSet) {
		t.Helper()
		ours, rules := guest(), guest()
		for _, m := range []*Monitor{ours, rules} {
			m.protected = protected
			if full {
				m.quotas.Bound(FDs, m.open)
			}
			m.Begin("call", declared, size(100))
			m.Check(&Effect{Op: WriteMem, Addr: 20, Len: 10})
			m.Check(&Effect{Op: WriteMem, Addr: 40, Len: 10})
		}
		got, want := quick(ours, &e), rules.Check(&e)
		switch {
		case got && want != nil:
			t.Fatalf("a look allows %v, but the rules say %v", e, want)
		case got:
			allowed[e.Op]++
			rules.current = Effect{} // what Check looked at
			ours.current = Effect{}
			if !reflect.DeepEqual(ours, rules) {
				t.Fatalf("%v: the model is %+v, but by the rules %+v", e, ours, rules)
			}
		case want != nil:
			refused[want.Rule]++
		case e.Op == Stored && (e.Len == 0 || e.Addr < 40): // not what was told last
		case e.Op == WriteMem && protected != nil:
		case e.Op == PathAt && e.Path == "é":
		default:
			t.Fatalf("a look does not allow %v, the rules do", e)
		}
	}
	for _, declared := range []OpSet{1<<numOps - 1, Ops(WriteMem, Clock)} {
		for fd := int32(-1); fd < 6; fd++ {
			for _, host := range []int32{NoHost, 0, 11, 13, 14} {
				for rights := range uint64(16) {
					for access := range Access(128) {
						same(Effect{Op: FdUse, FD: fd, Host: host, Rights: rights, Access: access}, declared)
					}
				}
			}
			for n := range uint64(24) {
				for _, where := range []Where{AtOffset, AtEnd, Apart} {
					same(Effect{Op: Moved, FD: fd, Access: Read << (n % 3), Len: n, Where: where}, declared)
				}
			}
		}
		for _, op := range []Op{ReadMem, WriteMem, Stored} {
			for _, protected = range [][]Range{nil, guest().protected} {
				for _, addr := range []uint64{0, 1, 19, 20, 21, 29, 30, 39, 40, 41, 49, 50, 51, 99, 100, 101, 1 << 32, 1<<64 - 1} {
					for _, n := range []uint64{0, 1, 9, 10, 11, 89, 90, 91, 99, 100, 101, 1 << 32, 1<<64 - 1} {
						same(Effect{Op: op, Addr: addr, Len: n}, declared)
					}
				}
			}
		}
		protected = nil
		for fd := int32(-1); fd < 11; fd++ {
			for _, host := range []int32{NoHost, 11, 13, 14, 99} {
				same(Effect{Op: FdClose, FD: fd, Host: host}, declared)
				for _, path := range []string{"", "/a", "a", "a/../b", "é", "\xff", "a\x00", "\x00", "\x01\x7f", strings.Repeat("a", maxPath-1), strings.Repeat("a", maxPath)} {
					for _, rights := range []uint64{0, 4, 8, 16} {
						for _, access := range []Access{0, Read, Write, Read | Delete} {
							same(Effect{Op: PathAt, FD: fd, Host: host, Rights: rights &^ 16, Inherit: rights, Access: access, Path: path}, declared)
						}
					}
				}
				for _, full = range []bool{false, true} {
					for dir := int32(-1); dir < 11; dir++ {
						for kind := Stream; kind <= Device; kind++ {
							for _, rights := range []uint64{0, 4, 16} {
								same(Effect{Op: FdOpen, FD: fd, Dir: dir, Host: host, Kind: kind, Rights: rights, Inherit: rights / 4}, declared)
								same(Effect{Op: FdOpen, FD: fd, Dir: dir, Host: host, Kind: kind, Rights: rights / 4, Inherit: rights}, declared)
							}
						}
					}
				}
				full = false
			}
		}
		for _, op := range []Op{Clock, Random, Sleep, Exit} {
			same(Effect{Op: op, Num: 1}, declared)
		}
	}
	looks := []Op{ReadMem, WriteMem, Stored, FdUse, Moved, PathAt, FdOpen, FdClose, Clock, Random, Sleep, Exit}
	for _, op := range looks {
		if allowed[op] == 0 {
			t.Errorf("no quick look allows a %s here", op)
		}
	}
	for r := range Rules() {
		if r.inline && refused[r.Name] == 0 {
			t.Errorf("%s is inline, but refused nothing here", r.Name)
		}
	}
	for op := range Ops(looks...).All() {
		if !allInline.Has(op) {
			t.Errorf("%s has a rule that is not inline: the hostcalls that matter become slower", op)
		}
	}
}

// TestOffsets follows the offset of a file.
func TestOffsets(t *testing.T) {
	at := func(n uint64) Effect { return Effect{Op: Sought, FD: 2, Whence: SeekCur, Num: n} }
	moved := Effect{Op: Moved, FD: 2, Access: Read, Len: 4}
	m := guest()
	for i, step := range []struct {
		e  Effect
		ok bool
	}{
		{at(0), true}, {moved, true}, {at(0), false}, {at(4), true}, {Effect{Op: Moved, FD: 2, Access: Read, Len: 9, Where: Apart}, true},
		{at(4), true}, {Effect{Op: FdMove, FD: 2, Dir: 9, Host: 12}, true}, {Effect{Op: FdMove, FD: 9, Dir: 2, Host: 12}, true},
		{at(5), false}, {Effect{Op: Moved, FD: 2, Access: Write, Len: 3, Where: AtEnd}, true}, {at(77), true}, {at(78), false},
		{Effect{Op: Sought, FD: 2, Len: 8, Num: 8}, true}, {moved, true}, {at(12), true},
	} {
		var v *Violation
		if e := &step.e; e.Op != Moved || i%2 != 0 || !quick(m, e) {
			v = m.Check(e)
		}
		if (v == nil) != step.ok {
			t.Fatalf("step %d: %v gives %v", i, step.e, v)
		}
	}
}

func TestLog(t *testing.T) {
	m := guest()
	var log []Effect
	m.Log(&log)
	m.Begin("call", 1<<numOps-1, size(100))
	if m.QuickRead(1, 2) {
		t.Error("a quick look allows what is to be logged")
	}
	m.Check(&Effect{Op: ReadMem, Addr: 1, Len: 2})
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

// BenchmarkMonitor is what the monitor costs in the most frequent calls: all that it does in an fd_read into one buffer, and in a
// clock_time_get.
func BenchmarkMonitor(b *testing.B) {
	m := guest()
	m.protected = nil
	var memory Memory = size(100)
	b.Run("effects=read_of_64_bytes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Begin("fd_read", 1<<numOps-1, memory)
			m.QuickRead(0, 8)
			m.QuickWrite(16, 64)
			m.QuickWrite(8, 4)
			m.QuickUse(1, 11, 2, Read)
			m.QuickMoved(1, Read, 64, AtOffset)
			m.QuickStored(8, 4)
		}
	})
	b.Run("effects=clock_time", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Begin("clock_time_get", 1<<numOps-1, memory)
			m.QuickWrite(16, 8)
			m.QuickPlain(Clock)
			m.QuickStored(16, 8)
		}
	})
}
