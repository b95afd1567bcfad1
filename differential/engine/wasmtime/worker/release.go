//go:build cgo

package main

import (
	"errors"
	"fmt"
	"reflect"

	wt "github.com/bytecodealliance/wasmtime-go/v42"
)

// The worker is built against any release of the binding, so that what releases have or do not have, or have with other types, is asked
// for here, when it runs. What is not here all of them have.

// missing says that a release has no method of a name.
type missing struct{ method string }

func (m *missing) Error() string { return "this release of the binding has no " + m.method }

// try calls a method that sets something; numbers and strings become what it takes. The error is a *missing if there is no such method.
func try(c any, method string, args ...any) error {
	m := reflect.ValueOf(c).MethodByName(method)
	if !m.IsValid() {
		return &missing{method}
	}
	var in []reflect.Value
	for i := range min(m.Type().NumIn(), len(args)) {
		in = append(in, reflect.ValueOf(args[i]).Convert(m.Type().In(i)))
	}
	out := m.Call(in)
	if len(out) == 0 {
		return nil
	}
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// set calls a method that sets what a release without it does not know.
func set(c any, method string, args ...any) {
	if err := try(c, method, args...); err != nil && !errors.As(err, new(*missing)) {
		panic(fmt.Sprintf("%s: %v", method, err)) // none of those that are set returns an error
	}
}

// free closes what can be closed; in older releases that is left to the garbage collector.
func free(x any) {
	if c, ok := x.(interface{ Close() }); ok {
		c.Close()
	}
}

// exitStatus returns the status that a guest gave to proc_exit; in older releases it is with traps.
func exitStatus(err error) (uint32, bool) {
	var exit interface{ ExitStatus() (int32, bool) }
	if !errors.As(err, &exit) {
		return 0, false
	}
	status, ok := exit.ExitStatus()
	return uint32(status), ok
}

// isPulley reports whether an engine interprets; releases that cannot say cannot do it either.
func isPulley(e *wt.Engine) bool {
	p, ok := any(e).(interface{ IsPulley() bool })
	return ok && p.IsPulley()
}

// tableLen and tableGet read a table, whose indices are wider in newer releases.
func tableLen(t *wt.Table, store *wt.Store) uint64 {
	switch t := any(t).(type) {
	case interface{ Size(wt.Storelike) uint64 }:
		return t.Size(store)
	case interface{ Size(wt.Storelike) uint32 }:
		return uint64(t.Size(store))
	}
	panic("tables have no size in this release of the binding")
}

func tableGet(t *wt.Table, store *wt.Store, i uint64) (wt.Val, error) {
	switch t := any(t).(type) {
	case interface {
		Get(wt.Storelike, uint64) (wt.Val, error)
	}:
		return t.Get(store, i)
	case interface {
		Get(wt.Storelike, uint32) (wt.Val, error)
	}:
		return t.Get(store, uint32(i))
	}
	return wt.Val{}, errors.New("tables cannot be read with this release of the binding")
}

// The permissions of preopened directories and of the files below them, as numbers.
const (
	permRead  = 1
	permWrite = 2
)

// preopen gives the guest a directory. Older releases cannot make one read-only.
func preopen(c *wt.WasiConfig, host, guest string, readOnly bool) error {
	perms := permRead | permWrite
	if readOnly {
		perms = permRead
	}
	return try(c, "PreopenDir", host, guest, perms, perms)
}

// The features that hang on the release: directories can be read-only, memories and tables can be bounded, an exit can be told from a
// failure.
func hasReadOnlyDirs() bool {
	m, ok := reflect.TypeFor[*wt.WasiConfig]().MethodByName("PreopenDir")
	return ok && m.Type.NumIn() > len([]string{"receiver", "host", "guest"})
}

func hasLimiter() bool { return has[*wt.Store]("Limiter") }

func hasExitStatus() bool { return has[*wt.Error]("ExitStatus") }

func has[T any](method string) bool {
	_, ok := reflect.TypeFor[T]().MethodByName(method)
	return ok
}
