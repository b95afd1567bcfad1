package wasm_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// exactly returns a module that has n of what a limit bounds.
func exactly(t *testing.T, l wasm.Limit, n int) []byte {
	rep := func(s string, n int) []byte { return bytes.Repeat([]byte(s), n) }
	list := func(id wasm.SectionID, element string) []byte { return module(section(id, count(n), rep(element, n))) }
	const i32 = "\x7f"
	switch l {
	case wasm.LimitBytes:
		return append(module(), make([]byte, n-len(header))...)
	case wasm.LimitTypes:
		return list(wasm.SectionType, "\x60\x00\x00")
	case wasm.LimitImports:
		return module(nullary, section(wasm.SectionImport, count(n), rep("\x00\x00\x00\x00", n)))
	case wasm.LimitFunctions:
		return module(nullary, section(wasm.SectionFunction, count(n), make([]byte, n)), section(wasm.SectionCode, count(n), rep("\x02\x00\x0b", n)))
	case wasm.LimitTables:
		return list(wasm.SectionTable, "\x70\x00\x00")
	case wasm.LimitMemories:
		return list(wasm.SectionMemory, "\x00\x00")
	case wasm.LimitGlobals:
		return list(wasm.SectionGlobal, "\x7f\x00\x41\x00\x0b")
	case wasm.LimitExports:
		var names []byte
		for i := range n { // distinct names, of a function
			names = append(names, 4, byte(i&0x7f), byte(i>>7&0x7f), byte(i>>14&0x7f), 'x', 0, 0)
		}
		return module(nullary, section(wasm.SectionFunction, []byte{1, 0}), section(wasm.SectionExport, count(n), names), section(wasm.SectionCode, []byte("\x01\x02\x00\x0b")))
	case wasm.LimitElems:
		return list(wasm.SectionElement, "\x01\x00\x00")
	case wasm.LimitElements:
		return module(nullary, section(wasm.SectionFunction, []byte{1, 0}), section(wasm.SectionElement, []byte("\x01\x01\x00"), count(n), make([]byte, n)),
			section(wasm.SectionCode, []byte("\x01\x02\x00\x0b")))
	case wasm.LimitDatas:
		return list(wasm.SectionData, "\x01\x00")
	case wasm.LimitCustoms:
		return module(rep("\x00\x01\x00", n))
	case wasm.LimitParams:
		return module(section(wasm.SectionType, []byte("\x01\x60"), count(n), rep(i32, n), []byte{0}))
	case wasm.LimitResults:
		return module(section(wasm.SectionType, []byte("\x01\x60\x00"), count(n), rep(i32, n)))
	case wasm.LimitBody:
		return oneFunc(nullary, []byte{0}, rep("\x01", n-2), []byte("\x0b"))
	case wasm.LimitLocals: // one is the parameter
		return oneFunc(section(wasm.SectionType, []byte("\x01\x60\x01\x7f\x00")), []byte{1}, count(n-1), []byte("\x7f\x0b"))
	case wasm.LimitNesting:
		return oneFunc(nullary, []byte{0}, rep("\x02\x40", n), rep("\x0b", n+1))
	case wasm.LimitLabels:
		return oneFunc(nullary, []byte("\x00\x41\x00\x0e"), count(n), make([]byte, n+1), []byte("\x0b"))
	case wasm.LimitOperands:
		return oneFunc(nullary, []byte{0}, rep("\x41\x00", n), rep("\x1a", n), []byte("\x0b"))
	}
	t.Fatalf("no module for the limit %s", l)
	return nil
}

// only sets one limit.
func only(l wasm.Limit, most uint64) (m wasm.ModuleLimits) {
	m[l] = most
	return m
}

// TestLimitEdges has a module on each side of each limit: of a low one that is set, of the default, and of a higher one, which fixed
// limits do not take.
func TestLimitEdges(t *testing.T) {
	for l := range wasm.AllLimits() {
		t.Run(l.String(), func(t *testing.T) {
			const low = 30
			set := only(l, low)
			passes(t, &set, exactly(t, l, low), l)
			refused(t, &set, exactly(t, l, low+1), l, low)

			if testing.Short() {
				return // the defaults take modules of many megabytes
			}
			most := l.Default()
			if l == wasm.LimitBytes { // a gigabyte of zeros: what is within the limit is malformed after a few bytes
				refused(t, nil, make([]byte, most+1), l, most)
				return
			}
			above := exactly(t, l, int(most)+1)
			passes(t, nil, exactly(t, l, int(most)), l)
			refused(t, nil, above, l, most)
			higher := only(l, most+1)
			if l.Fixed() {
				refused(t, &higher, above, l, most)
			} else {
				passes(t, &higher, above, l)
			}
		})
	}
}

func passes(t *testing.T, limits *wasm.ModuleLimits, src []byte, l wasm.Limit) {
	t.Helper()
	var limit *wasm.LimitError
	err := checkWithin(limits, src)
	if errors.As(err, &limit) {
		t.Error(err)
	}
	if err != nil && l != wasm.LimitMemories && l != wasm.LimitBytes { // whose modules are invalid, and malformed
		t.Error(err)
	}
}

func refused(t *testing.T, limits *wasm.ModuleLimits, src []byte, l wasm.Limit, most uint64) {
	t.Helper()
	var limit *wasm.LimitError
	err := checkWithin(limits, src)
	if !errors.As(err, &limit) {
		t.Errorf("%d of %d: %v", most+1, most, err)
		return
	}
	setting := l.String()
	if l.Fixed() && most == l.Default() {
		setting = ""
	}
	if limit.Got != most+1 || limit.Max != most || limit.Setting != setting || limit.What == "" || limit.Offset < 0 || limit.Offset > len(src) ||
		!strings.Contains(err.Error(), setting) {
		t.Errorf("the error is %+v", limit)
	}
}

// TestLimitsBeforeMemory declares far more than a low limit allows: nothing may be allocated for it.
func TestLimitsBeforeMemory(t *testing.T) {
	const many = 1 << 19
	for l := range wasm.AllLimits() {
		switch l {
		case wasm.LimitParams, wasm.LimitResults, wasm.LimitLocals, wasm.LimitOperands:
			continue // their memory is bounded by the bytes that declare them, or by the fixed limit
		}
		src := exactly(t, l, many)
		set := only(l, 10)
		var err error
		n := allocated(func() { err = checkWithin(&set, src) })
		var limit *wasm.LimitError
		if !errors.As(err, &limit) {
			t.Errorf("%s: %v", l, err)
		}
		if n > 16<<10 {
			t.Errorf("%s: %d bytes allocated before the limit", l, n)
		}
	}
}
