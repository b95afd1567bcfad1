package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// TestManualIsFresh compares the manual with what the tables say.
func TestManualIsFresh(t *testing.T) {
	got, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := policy.WriteManual(&want); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("runtime/docs/policy.md is stale: go generate ./runtime/cmd/touchstone")
	}
	for r := range policy.Rules() {
		if !strings.Contains(want.String(), "`"+r.Name+"`") {
			t.Errorf("the manual lacks the rule %s", r.Name)
		}
	}
}

// TestRefusalsAreBounded: however often and in whatever words a guest is refused, each rule has one line, of bounded length.
func TestRefusalsAreBounded(t *testing.T) {
	var l refusals
	var p policy.Policy
	for _, rule := range []string{"d:/d:ro", "e:/e:stat"} {
		if err := p.Add("dir", "", rule); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1000 {
		l.add("", &policy.Refusal{Rule: "access-mode", Hostcall: "path_open", Path: strings.Repeat("\x1b\n", 2000), Dir: "/d", Access: 1 << (i % 7)})
		l.add("", &policy.Refusal{Rule: "access-mode", Hostcall: "path_open", Path: fmt.Sprint(i), Dir: "/e", Access: policy.Read})
		l.add("m", &policy.Refusal{Rule: "beneath-preopen", Hostcall: "path_open", Path: fmt.Sprint(i), Dir: "/x"})
	}
	var out bytes.Buffer
	l.print(&out, "prog.wasm", &p, false)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 2 || out.Len() > 3*maxMessage || strings.Contains(out.String(), "\x1b") {
		t.Fatalf("%d lines:\n%s", len(lines), &out)
	}
	if !strings.HasSuffix(lines[0], "(the first of 2000 refusals); allow it with -dir d:/d:rw") {
		t.Errorf("got %s", lines[0])
	}
	if want := `touchstone: prog.wasm: module "m": path_open "0" below /x was refused: beneath-preopen: the path leads out of "/x" ` +
		`(the first of 1000 refusals); allow it with -dir@m HOST[:GUEST] for the directory where the file is`; lines[1] != want {
		t.Errorf("got %s", lines[1])
	}
}
