package model

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// set is a set of errnos.
type set [2]uint64

// trap stands in a set for an engine that ends the guest, where no errno has its number.
const trap wasi.Errno = 127

// anyErrno has all errnos, but not success and not trap.
var anyErrno = set{^uint64(1), ^uint64(0) >> 1}

func setOf(errnos ...wasi.Errno) (s set) {
	for _, e := range errnos {
		s[e/64] |= 1 << (e % 64)
	}
	return s
}

func (s *set) has(e wasi.Errno) bool { return e < 128 && s[e/64]>>(e%64)&1 != 0 }

func (s *set) join(other set) { s[0], s[1] = s[0]|other[0], s[1]|other[1] }

// String returns the names in s.
func (s set) String() string {
	var names []string
	for e := wasi.Errno(0); e < trap; e++ {
		if s.has(e) {
			names = append(names, e.String())
		}
	}
	if s.has(trap) {
		names = append(names, "trap")
	}
	return strings.Join(names, ", ")
}

// clause is a condition under which a call may fail, or must: the errnos that say so, and where that is written.
type clause struct {
	when   string // for people
	cite   string
	errnos set
	// own are the errnos of this project's runtime, if narrow is set: all of them are documented (runtime/docs/hostcalls.md).
	own    set
	narrow bool
}

// ours says which of the errnos of a clause this project's runtime has.
func (c *clause) ours(errnos ...wasi.Errno) *clause {
	c.own, c.narrow = setOf(errnos...), true
	return c
}

func says(cite, when string, errnos ...wasi.Errno) *clause {
	return &clause{when: when, cite: cite, errnos: setOf(errnos...)}
}
