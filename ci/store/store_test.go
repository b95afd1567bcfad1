package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestReplace(t *testing.T) {
	dir, from := t.TempDir(), t.TempDir()
	for name, in := range map[string]string{"old": dir, "both": dir, "new": from} {
		if err := Add(in, name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Add(from, "both", []byte("both")); err != nil {
		t.Fatal(err)
	}
	// What a process that died was writing is no file of the folder.
	if err := os.WriteFile(filepath.Join(dir, temporary+"1"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Replace(dir, from); err != nil {
		t.Fatal(err)
	}
	if names, err := List(dir); err != nil || !slices.Equal(names, []string{"both", "new"}) {
		t.Errorf("%q, %v", names, err)
	}
}

func TestAppendEndsALine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lines")
	if err := os.WriteFile(name, []byte("whole\nhal"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Append(name, []byte("next")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "whole\nhal\nnext\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); err == nil {
		t.Error("two locks of one folder")
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}
