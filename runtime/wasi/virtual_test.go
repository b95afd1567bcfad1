package wasi

import (
	"context"
	"io"
	"testing"
	"time"
)

func TestVirtualClock(t *testing.T) {
	c := new(VirtualClock)
	first, real := c.Now(ClockMonotonic), c.Now(ClockRealtime)
	if got := time.Unix(0, int64(real)).UTC().Year(); got != 2000 {
		t.Errorf("the year is %d", got)
	}
	began := time.Now()
	if err := c.Sleep(context.Background(), uint64(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("an hour took %v", took)
	}
	if later := c.Now(ClockMonotonic); later-first < uint64(time.Hour) || later-first > uint64(time.Hour+time.Second) {
		t.Errorf("slept an hour, and %d ns passed", later-first)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if c.Sleep(ctx, 1) == nil {
		t.Error("sleeping does not see that the context is done")
	}
}

func TestSeededRandom(t *testing.T) {
	read := func(seed uint64) string {
		b := make([]byte, 64)
		if _, err := io.ReadFull(SeededRandom(seed), b); err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if first, again, other := read(1), read(1), read(2); first != again || first == other {
		t.Error("the bytes do not follow from the seed")
	}
}
