// Package tape turns bytes into decisions.
//
// A fuzzing engine mutates bytes and a generator wants decisions. If the generator reads the bytes one after the other, a
// single inserted byte shifts all that follows, and a small mutation becomes a different input. A [Tape] is therefore
// cut into frames: a delimiter byte ends a frame wherever it stands, so whatever happens inside a frame, the reader
// is in step again at the next one. A reader that takes one statement from one frame turns a small mutation into a
// changed, an added or a removed statement.
//
// Inside a frame a reader never fails: past the end of the frame, and past the end of the tape, it reads zeros.
package tape

import (
	fuzz "github.com/AdaLogics/go-fuzz-headers"
)

const (
	// delimMask and delimBits describe the bytes that end a frame: 0xC0 to 0xC7. Eight of them, because then
	// random bytes, too, fall into frames of a useful length (32 bytes on average).
	delimMask = 0xf8
	delimBits = 0xc0
	// escape announces a byte that would otherwise have a meaning of its own; the byte follows with escapeFlip
	// applied, which makes a delimiter out of none and hides every delimiter.
	escape     = 0xdb
	escapeFlip = 0x10
	// MaxFrame is the longest frame in bytes as they stand on the tape. Longer runs without a delimiter are cut.
	MaxFrame = 96
)

func isDelim(b byte) bool { return b&delimMask == delimBits }

// Tape reads decisions from bytes. It is for one goroutine at a time.
type Tape struct {
	src   *fuzz.ConsumeFuzzer
	used  int  // bytes taken in this frame
	open  bool // the current frame has bytes left
	ended bool // the tape has no bytes left
	ahead byte // if held: a byte that was read to see whether the tape ends
	held  bool
}

// New returns a tape over data, before its first frame. It does not change data.
func New(data []byte) *Tape {
	return &Tape{src: fuzz.NewConsumer(data)}
}

// Frame skips what is left of the current frame and begins the next. It reports false when the tape is at its end;
// then everything that is read is zero.
func (t *Tape) Frame() bool {
	for t.open {
		t.raw()
	}
	t.used, t.open = 0, !t.ended
	if !t.open {
		return false
	}
	if !t.held {
		b, err := t.src.GetByte()
		if err != nil {
			t.ended, t.open = true, false
			return false
		}
		t.ahead, t.held = b, true
	}
	return true
}

// raw returns the next byte of the frame as it stands on the tape, and false past the end of the frame.
func (t *Tape) raw() (byte, bool) {
	if !t.open {
		return 0, false
	}
	if t.used == MaxFrame {
		t.open = false
		return 0, false
	}
	b, ok := t.ahead, t.held
	t.held = false
	if !ok {
		var err error
		if b, err = t.src.GetByte(); err != nil {
			t.ended, t.open = true, false
			return 0, false
		}
	}
	t.used++
	if isDelim(b) {
		t.open = false
		return 0, false
	}
	return b, true
}

// Byte returns the next byte of the frame, or 0 past its end.
func (t *Tape) Byte() byte {
	b, ok := t.raw()
	if ok && b == escape {
		if b, ok = t.raw(); ok {
			b ^= escapeFlip
		}
	}
	return b
}

// More reports whether the current frame may have bytes left. A reader that builds something of no fixed size uses it
// to know when to stop; it is false for good once it was false, until the next frame.
func (t *Tape) More() bool { return t.open }

// Uint16 returns the next two bytes of the frame, the low one first.
func (t *Tape) Uint16() uint16 { return uint16(t.Byte()) | uint16(t.Byte())<<8 }

// Uint32 returns the next four bytes of the frame, the low one first.
func (t *Tape) Uint32() uint32 { return uint32(t.Uint16()) | uint32(t.Uint16())<<16 }

// Uint64 returns the next eight bytes of the frame, the low one first.
func (t *Tape) Uint64() uint64 { return uint64(t.Uint32()) | uint64(t.Uint32())<<32 }

// Bool returns the lowest bit of the next byte.
func (t *Tape) Bool() bool { return t.Byte()&1 != 0 }

// Bytes returns the next n bytes of the frame, padded with zeros.
func (t *Tape) Bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = t.Byte()
	}
	return b
}

// Intn returns a number from 0 to n-1, and 0 if n < 2. It takes one byte for n up to 256, else four.
func (t *Tape) Intn(n int) int {
	switch {
	case n < 2:
		return 0
	case n <= 256:
		return int(t.Byte()) % n
	}
	return int(uint64(t.Uint32()) % uint64(n))
}

// Chance reports true in about num of 256 cases, and false when the frame is at its end.
func (t *Tape) Chance(num int) bool {
	return int(t.Byte()) > 255-num
}

// Weighted returns an index into weights, in proportion to the weights; 0 when the frame is at its end. Weights must
// not be negative and their sum must be from 1 to 65 536.
func (t *Tape) Weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := 0
	if sum <= 256 {
		at = t.Intn(sum)
	} else {
		at = int(t.Uint16()) % sum
	}
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}

// Pick returns an element of list, the first when the frame is at its end. The list must not be empty.
func Pick[T any](t *Tape, list []T) T { return list[t.Intn(len(list))] }
