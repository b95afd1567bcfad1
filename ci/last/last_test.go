package last

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

func TestRecord(t *testing.T) {
	name := filepath.Join(t.TempDir(), "last")
	if data, err := Read(name); data != nil || err != nil {
		t.Errorf("no file: %q, %v", data, err)
	}
	t.Setenv(Variable, name)
	in, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if data, err := Read(name); data != nil || err != nil {
		t.Errorf("nothing recorded: %q, %v", data, err)
	}
	for _, want := range [][]byte{[]byte("one"), {}, bytes.Repeat([]byte("x"), MaxInput), []byte("y")} {
		in.Record(want)
		if data, err := Read(name); data == nil || !bytes.Equal(data, want) || err != nil {
			t.Errorf("recorded %d bytes, read %d, %v", len(want), len(data), err)
		}
	}
	in.Record(make([]byte, MaxInput+1))
	if data, _ := Read(name); string(data) != "y" {
		t.Errorf("one that is too large is recorded as %d bytes", len(data))
	}
	Input{}.Record([]byte("nothing happens"))
}

// TestTorn: a file that says more than it has, or that was being written, has nothing.
func TestTorn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "last")
	for _, file := range [][]byte{{}, {1, 2, 3}, binary.LittleEndian.AppendUint64(nil, 0), binary.LittleEndian.AppendUint64(nil, 9), bytes.Repeat([]byte{255}, 20)} {
		if err := os.WriteFile(name, file, 0o644); err != nil {
			t.Fatal(err)
		}
		if data, err := Read(name); data != nil || err != nil {
			t.Errorf("%x: %q, %v", file, data, err)
		}
	}
}
