package source

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// Generator makes a valid module of a tape of random bytes.
type Generator func(tape []byte) ([]byte, error)

// The lengths of tapes in bytes. Most are short, so that most findings are small.
const (
	minTape = 64
	maxTape = 4096
)

// Tape returns the random bytes that module index of a seed is made of. Each index has its own, so that one module
// can be made again without those before it. The bytes are part of the meaning of a seed: do not change how
// they are derived.
func Tape(seed, index int64) []byte {
	var id [16]byte
	binary.LittleEndian.PutUint64(id[:], uint64(seed))
	binary.LittleEndian.PutUint64(id[8:], uint64(index))
	random := rand.NewChaCha8(sha256.Sum256(append([]byte("touchstone differential tape"), id[:]...)))
	r := rand.New(random)
	scale := minTape << r.IntN(7) // 64 … 4096
	tape := make([]byte, min(scale+r.IntN(scale), maxTape))
	random.Read(tape)
	return tape
}

// moduleTape bounds what a module is made of, in bytes. Compilers take most of the time, and as much for each byte; a minute of processor time
// makes 1.3 times as many modules as with tapes that are not cut, which execute 88 % of the pairs of instructions and classes of operands
// that those do, and what differs is found in smaller ones.
const moduleTape = 1024

// Generated returns the modules first, first+1, … of a seed; without an end if n is negative.
func Generated(generate Generator, seed, first, n int64) Cases {
	return func(yield func(*Case) bool) {
		for i := first; n < 0 || i-first < n; i++ {
			c := &Case{Name: fmt.Sprintf("module %d of seed %d", i, seed), Index: i}
			tape := Tape(seed, i)
			if c.Module, c.Err = generate(tape[:min(len(tape), moduleTape)]); c.Err == nil {
				c.examine()
			}
			if !yield(c) {
				return
			}
		}
	}
}
