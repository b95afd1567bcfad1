package last

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// one returns the only input that is recorded in a folder, or nil.
func one(t *testing.T, dir string) []byte {
	t.Helper()
	inputs, err := Read(dir)
	if err != nil || len(inputs) > 1 {
		t.Fatalf("%d inputs, %v", len(inputs), err)
	}
	if len(inputs) == 0 {
		return nil
	}
	return inputs[0]
}

func TestRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "last")
	if data := one(t, dir); data != nil {
		t.Errorf("no folder: %q", data)
	}
	t.Setenv(Variable, dir)
	in, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if data := one(t, dir); data != nil {
		t.Errorf("nothing recorded: %q", data)
	}
	for _, want := range [][]byte{[]byte("one"), {}, bytes.Repeat([]byte("x"), MaxInput), []byte("y")} {
		in.Record(want)
		if data := one(t, dir); data == nil || !bytes.Equal(data, want) {
			t.Errorf("recorded %d bytes, read %d", len(want), len(data))
		}
	}
	in.Record(make([]byte, MaxInput+1))
	if data := one(t, dir); string(data) != "y" {
		t.Errorf("one that is too large is recorded as %d bytes", len(data))
	}
	Input{}.Record([]byte("nothing happens"))
}

// TestSeveral: processes that work at the same time do not write over each other, and one that comes later takes a file that is free.
func TestSeveral(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(Variable, dir)
	var all []Input
	for _, text := range []string{"a", "b", "c"} {
		in, err := FromEnvironment()
		if err != nil {
			t.Fatal(err)
		}
		in.Record([]byte(text))
		all = append(all, in)
	}
	if inputs, err := Read(dir); err != nil || string(bytes.Join(inputs, nil)) != "abc" {
		t.Errorf("%q, %v", inputs, err)
	}
	// As the end of its process does:
	if err := errors.Join(syscall.Munmap(all[1].memory), all[1].file.Close()); err != nil {
		t.Fatal(err)
	}
	in, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	in.Record([]byte("d"))
	if inputs, err := Read(dir); err != nil || string(bytes.Join(inputs, nil)) != "adc" {
		t.Errorf("%q, %v", inputs, err)
	}
}

// TestTorn: a file that says more than it has, or that was being written, has nothing.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	for _, file := range [][]byte{{}, {1, 2, 3}, binary.LittleEndian.AppendUint64(nil, 0), binary.LittleEndian.AppendUint64(nil, 9), bytes.Repeat([]byte{255}, 20)} {
		if err := os.WriteFile(filepath.Join(dir, "0"), file, 0o644); err != nil {
			t.Fatal(err)
		}
		if data := one(t, dir); data != nil {
			t.Errorf("%x: %q", file, data)
		}
	}
}

// BenchmarkRecord is what each execution costs more.
func BenchmarkRecord(b *testing.B) {
	b.Setenv(Variable, b.TempDir())
	in, err := FromEnvironment()
	if err != nil {
		b.Fatal(err)
	}
	input := make([]byte, 1000)
	for b.Loop() {
		in.Record(input)
	}
}
