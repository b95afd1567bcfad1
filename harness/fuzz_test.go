package harness

import (
	"os"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/last"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// noSeeds is a variable of the environment. If it is not empty, targets begin without their seeds: go run ./ci loop has them in a corpus of its own.
const noSeeds = "TOUCHSTONE_NO_SEEDS"

// fuzz runs the target with a name under package testing.
func fuzz(f *testing.F, name string) {
	target, err := Find(name)
	if err != nil {
		f.Fatal(err)
	}
	if os.Getenv(noSeeds) == "" {
		corpus.Seeds(f, target.Corpus)
	}
	check, done, err := target.Open(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	removed(f, done)
	record, err := last.FromEnvironment()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		growStack(input)
		record.Record(input)
		report(t, check(t.Context(), input))
	})
}

// growStack makes the stack of this goroutine as large as most inputs need. Package testing makes a goroutine for each input, whose stack is
// small; where it is full, all of it is copied, which takes longer the more there is: at the interpreter, a twentieth of what an input takes.
//
//go:noinline
func growStack(input []byte) byte {
	const most = 12 << 10 // bytes
	var room [most]byte
	return room[len(input)%most]
}

// removed calls what removes the files of a target at the end of the test.
func removed(t testing.TB, remove func() error) {
	t.Cleanup(func() {
		if err := remove(); err != nil {
			t.Errorf("what the target keeps is not removed: %v", err)
		}
	})
}

// report ends the test if f is a failure. The detail is logged; the last line is the key alone, so that findings can be told
// apart by it. In the control of planted bugs it says nothing.
func report(t *testing.T, f *oracle.Failure) {
	if f != nil && !planted.Blind {
		t.Helper() // not before: it takes longer than all else here
		t.Log(f.Detail)
		t.Fatal(f.Key)
	}
}
