package policy

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

const all = Read | Stat | Change

func TestParseDir(t *testing.T) {
	for in, want := range map[string]DirRule{
		"data":                        {"data", "data", all, ""},
		"data:ro":                     {"data", "data", Read | Stat, ""},
		"data:/in":                    {"data", "/in", all, ""},
		"data:/in:ro":                 {"data", "/in", Read | Stat, ""},
		"data:/in:rw":                 {"data", "/in", all, ""},
		"ro":                          {"ro", "ro", all, ""},
		"data:ro:ro":                  {"data", "ro", Read | Stat, ""},
		"data:read:rw":                {"data", "read", all, ""},
		"data/":                       {"data/", "data", all, ""},
		"data/:/in//":                 {"data/", "/in", all, ""},
		"/":                           {"/", "/", all, ""},
		"//:ro":                       {"//", "/", Read | Stat, ""},
		"/srv/x:/:ro":                 {"/srv/x", "/", Read | Stat, ""},
		".:/with space":               {".", "/with space", all, ""},
		"d:stat":                      {"d", "d", Stat, ""},
		"d:write,create":              {"d", "d", Write | Create | Stat, ""},
		"d:/x:delete,truncate":        {"d", "/x", Delete | Truncate | Stat, ""},
		"d:/x:metadata,ro":            {"d", "/x", Read | SetStat | Stat, ""},
		`a\:b:/c\:d:ro`:               {"a:b", "/c:d", Read | Stat, ""},
		`a\\b`:                        {`a\b`, `a\b`, all, ""},
		`a\b`:                         {`a\b`, `a\b`, all, ""},
		`a\`:                          {`a\`, `a\`, all, ""},
		`x:a\,read`:                   {"x", "a,read", all, ""},
		"d:a,b":                       {"d", "a,b", all, ""},
		"d:/x:read,read":              {"d", "/x", Read | Stat, ""},
		"\u00fc:\u4e16":               {"\u00fc", "\u4e16", all, ""},
		`with\ blank\ :and\#hash`:     {"with blank ", "and#hash", all, ""},
		"d:/x:read,write,create,stat": {"d", "/x", Read | Write | Create | Stat, ""},
	} {
		got, err := ParseDir(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got.String() != in {
			t.Errorf("%q prints as %q", in, got)
		}
		if got.text = ""; got != want {
			t.Errorf("%q = %+v, want %+v", in, got, want)
		}
		again, err := ParseDir(got.String())
		if again.text = ""; err != nil || again != want {
			t.Errorf("%q in the canonical form %q = %+v, %v", in, got, again, err)
		}
	}
	for in, column := range map[string]int{"": 1, ":": 1, ":/in": 1, "data:": 6, "data::ro": 6, ":ro": 1, "a\x00b": 2, "a:b\x00": 4,
		"a\nb": 2, "data:a:b": 8, "data:/in:RO": 10, "data:RO": 6, "data:Read": 6, "data:read,wirte": 11, "data::": 7,
		"a:b:ro:ro": 8, "a:b:": 5, "a:b:ro,": 8, "a:b:ro, rw": 8} {
		got, err := ParseDir(in)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Column != column {
			t.Errorf("ParseDir(%q) = %+v, %v; want an error in column %d", in, got, err, column)
		}
	}
}

// TestDirBoundary compares what the monitor says on both sides of a rule with what the rule says.
func TestDirBoundary(t *testing.T) {
	for _, in := range []string{"d:ro", "d:rw", "d:stat", "d:write", "d:create", "d:delete", "d:truncate", "d:metadata", "d:read,write"} {
		rule, err := ParseDir(in)
		if err != nil {
			t.Fatal(err)
		}
		sides := map[bool]int{}
		for _, e := range rule.Boundary() {
			m := NewMonitor(10)
			m.GrantDir(3, 13, 0, 0, rule.Guest, rule.Access)
			m.Begin("call", 1<<numOps-1, nil)
			e.FD, e.Host = 3, 13
			v := m.Check(&e)
			allowed := e.Access&^rule.Access == 0
			if (v == nil) != allowed || v != nil && v.Rule != "access-mode" {
				t.Errorf("%s: %v gives %v", in, e, v)
			}
			sides[allowed]++
		}
		if sides[true] == 0 || sides[false] == 0 && rule.Access != all {
			t.Errorf("%s: %v of its boundary values are allowed or not", in, sides)
		}
	}
}

func TestDirWith(t *testing.T) {
	rule, _ := ParseDir("data:/in:ro")
	for access, want := range map[Access]string{Create: "data:/in:read,create", Write | Truncate: "data:/in:read,write,truncate",
		Change: "data:/in:rw", 0: "data:/in:ro"} {
		if got := rule.With(access).String(); got != want {
			t.Errorf("with %s: %s, want %s", access, got, want)
		}
	}
	if got := ModesOf(0); got != "stat" {
		t.Errorf("no access is %q", got)
	}
}

func TestParseQuota(t *testing.T) {
	for in, want := range map[string]struct {
		r   Resource
		max uint64
	}{
		"written=64MiB": {Written, 64 << 20}, "files=1000": {Files, 1000}, "fds=64": {FDs, 64}, "stdout=1MiB": {Stdout, 1 << 20},
		"stderr=0": {Stderr, 0}, "sockets=8": {Sockets, 8}, "sleep=10s": {SleepTime, 1e10}, "sleep=1m0.5s": {SleepTime, 605e8},
		"written=18446744073709551615": {Written, 1<<64 - 1},
	} {
		q, err := ParseQuota(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if max, ok := q.Max(want.r); !ok || max != want.max || q.String() != in {
			t.Errorf("%q = %d, %v, %s", in, max, ok, q)
		}
		again, err := ParseQuota(QuotaRule{Quotas: q.Quotas}.String())
		if err != nil || again.Quotas != q.Quotas {
			t.Errorf("%q in the canonical form: %v, %v", in, again, err)
		}
		b := q.Boundary()
		for r := range NumResources {
			if (len(b[r]) > 0) != (r == want.r) {
				t.Errorf("%q: the boundary of %s is %v", in, r, b[r])
			}
		}
	}
	q, err := ParseQuota("sleep=1s,written=1KiB")
	if canonical := (QuotaRule{Quotas: q.Quotas}).String(); err != nil || canonical != "written=1KiB,sleep=1s" {
		t.Errorf("got %s, %v", canonical, err)
	}
	for in, column := range map[string]int{"": 1, "written": 1, "bytes=1": 1, "files=": 7, "files=-1": 7, "files=1,,fds=2": 9,
		"files=1,fds": 9, "files=1,files=2": 9, "written=1MB": 9, "sleep=10": 7, "sleep=-1s": 7, "files=1, fds=2": 9,
		"written=17179869184GiB": 9, "fds=1KiB": 5} {
		_, err := ParseQuota(in)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Column != column {
			t.Errorf("ParseQuota(%q): %v; want an error in column %d", in, err, column)
		}
	}
}

const policyFile = `# What the program may do.
dir /srv/data:/in:ro   # it reads
	dir	out:/out:read,write,create
quota written=64MiB,files=100 # and

quota sleep=10s
dir@codec a\ \#b:/x:ro#y:ro
quota@codec stdout=0
`

func TestPolicyFile(t *testing.T) {
	var p Policy
	if err := p.Parse("f", []byte(strings.Replace(policyFile, "ro#y:", "", 1))); err != nil {
		t.Fatal(err)
	}
	const want = `dir /srv/data:/in:ro
dir out:/out:read,write,create
quota written=64MiB,files=100
quota sleep=10s
dir@codec a\ \#b:/x:ro
quota@codec stdout=0
`
	if p.String() != want {
		t.Errorf("printed:\n%s", &p)
	}
	var again Policy
	if err := again.Parse("g", []byte(p.String())); err != nil || again.String() != want {
		t.Errorf("parsed again: %v\n%s", err, &again)
	}
	g, codec := p.Grants(""), p.Grants("codec")
	if len(g.Dirs) != 2 || g.Dirs[1].Access != Read|Write|Create|Stat || len(codec.Dirs) != 1 || codec.Dirs[0].Host != "a #b" {
		t.Errorf("grants %+v, %+v", g, codec)
	}
	if max, ok := g.Quotas.Max(SleepTime); !ok || max != 1e10 {
		t.Errorf("sleep %d, %v", max, ok)
	}
	if _, ok := codec.Quotas.Max(SleepTime); ok {
		t.Error("the module has the program's quota")
	}
	if p.Grants("other").Quotas.Any() || p.Lines()[2].Place != "f:4" {
		t.Errorf("place %q", p.Lines()[2].Place)
	}
}

func TestPolicyFileErrors(t *testing.T) {
	for in, want := range map[string]string{
		"dir a:b:c\n":                     `f:1:9: "c" is no access mode; there are ro, rw, stat, read, write, create, delete, truncate, metadata`,
		"\n  dir":                         "f:2:6: the host directory is empty; write HOST[:GUEST][:MODES]",
		"dir a\nquota files=1\n dir b:a":  `f:3:6: the guest's name "a" is taken by "a" already`,
		"  allow x":                       `f:1:3: there is no rule "allow"; a rule begins with dir, net, listen or quota`,
		"dir@ x":                          "f:1:5: the module's name after @ is missing",
		"quota files=1\nquota files=2":    "f:2:7: files is bounded twice",
		"quota fds=x":                     `f:1:11: fds: "x": write a number`,
		"dir \xff":                        "f:1:1: the line is not UTF-8",
		"dir a:Ro # comment\nquota sky=1": "f:1:7: \"Ro\" is no access mode; there are ro, rw, stat, read, write, create, delete, truncate, metadata\nf:2:7: there is no quota \"sky\"; there are written, files, fds, stdout, stderr, sockets, sleep",
	} {
		p := new(Policy)
		if err := p.Add("dir", "", "kept"); err != nil {
			t.Fatal(err)
		}
		err := p.Parse("f", []byte(in))
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
		if p.String() != "dir kept\n" {
			t.Errorf("%q left %s", in, p)
		}
	}
}

// TestRoundTrip: whatever parses, prints, and the print parses to the same grants. The texts are made of pieces of the notation.
func TestRoundTrip(t *testing.T) {
	pieces := []string{"dir", "quota", "dir ", "quota ", "@", "m", " ", "\t", ":", ":", ",", "#", "\\", "\n", "\r", "a", "/", "ro", "rw", "read",
		"write", "\u00fc", "\x00", "\xff", "files=", "sleep=", "written=", "1", "0", "10s", "KiB", "="}
	rnd := rand.New(rand.NewPCG(1, 2))
	grants := 0
	for range 200_000 {
		src := pieces[rnd.IntN(4)]
		for range rnd.IntN(9) {
			src += pieces[rnd.IntN(len(pieces))]
		}
		var p, again Policy
		if p.Parse("f", []byte(src)) != nil {
			continue
		}
		if err := again.Parse("f", []byte(p.String())); err != nil || again.String() != p.String() || len(again.Lines()) != len(p.Lines()) {
			t.Fatalf("%q prints as %q, which prints as %q: %v", src, p.String(), again.String(), err)
		}
		for i, l := range p.Lines() {
			grants++
			rule, ok := l.Grant.(DirRule)
			if !ok {
				continue
			}
			rule.text = ""
			got, err := ParseDir(rule.String())
			if got.text = ""; err != nil || got != rule || rule.Host != again.Lines()[i].Grant.(DirRule).Host {
				t.Fatalf("%q is %+v in the canonical form, not %+v: %v", l, got, rule, err)
			}
		}
	}
	if grants < 1000 {
		t.Errorf("only %d grants were made", grants)
	}
}
