package oracle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// events is what a guest's hostcalls are told to have been.
type events struct {
	count   int          // of events of the call that is made
	last    *trace.Event // the last one
	effects bool         // they have effects
}

// newEvents listens to the events of a guest, if there are any.
func newEvents(cfg *wasi.Config) *events {
	if cfg.Events == nil {
		return nil
	}
	e := &events{effects: cfg.TraceEffects}
	cfg.Events = func(ev *trace.Event) { e.count, e.last = e.count+1, ev }
	return e
}

// begin is called before a call.
func (e *events) begin() {
	if e != nil {
		e.count = 0
	}
}

// check asserts that there was one event for a call, and that it says which call, with which arguments, how it ended and what it returned. A
// call that succeeded has told the effects that its name implies. Ended says that the call did not return: it may not even have begun.
func (e *events) check(c *hostcall.Call, args []uint64, errno wasi.Errno, ended bool, memory []byte) *Failure {
	if e == nil {
		return nil
	}
	ev := e.last
	switch {
	case ended && e.count == 0:
		return nil // the context ended before the call began
	case e.count != 1:
		return fail("trace: not one event for a call", "%s%x: %d events", c.Row.ID(), args, e.count)
	case ev.Hostcall != c.Row.Name, !ended && ev.End != errno.String():
		return e.fail("another call", c, args, "")
	}
	slot, fields := 0, append(slices.Clone(ev.Args), ev.Results...)
	for i := range c.Row.Params {
		p := &c.Row.Params[i]
		at := slices.IndexFunc(fields, func(f trace.Field) bool { return f.Name == p.Name })
		switch {
		case at >= 0 && !shows(&fields[at], p, args[slot:], at >= len(ev.Args), memory):
			return e.fail("another value", c, args, p.Name)
		case at < 0 && (errno == wasi.ESUCCESS && !ended || !p.Kind.Writes()):
			return e.fail("a value is missing", c, args, p.Name)
		}
		slot += len(p.Kind.Core)
	}
	if errno == wasi.ESUCCESS && !ended && e.effects {
		for _, effect := range implied(c.Row, args) {
			if !slices.ContainsFunc(ev.Effects, func(s string) bool { return strings.HasPrefix(s+":", effect) }) {
				return e.fail("an effect is not told", c, args, effect)
			}
		}
	}
	return nil
}

func (e *events) fail(what string, c *hostcall.Call, args []uint64, detail string) *Failure {
	return fail("trace: "+what, "%s%x: %s: %s", c.Row.ID(), args, detail, e.last.Append(nil))
}

// shows reports whether a field has the value of a parameter: a number of the arguments, a text in memory, or a result that is there.
func shows(f *trace.Field, p *wasi.Param, args []uint64, result bool, memory []byte) bool {
	switch {
	case result:
		n := uint64(0)
		for i, b := range memory[uint32(args[0]):][:p.Kind.Size()] {
			n |= uint64(b) << (8 * i)
		}
		return f.Num == n
	case f.Kind == trace.Bytes:
		at, n := uint64(uint32(args[0])), uint64(uint32(args[1]))
		return at+n <= uint64(len(memory)) && f.Text == string(memory[at:at+n])
	case f.Kind == trace.Symbol && len(p.Kind.Core) == 2:
		return f.Text == fmt.Sprintf("0x%x+%d", args[0], args[1])
	case p.Kind.IsFD():
		return int32(f.Num) == int32(args[0])
	}
	return f.Num == args[0]
}

// accesses are what calls do to files and streams, by name: what the monitor must have been told of a call that succeeded.
var accesses = map[string]policy.Access{
	"fd_read": policy.Read, "fd_pread": policy.Read, "fd_readdir": policy.Read, "path_readlink": policy.Read,
	"fd_write": policy.Write, "fd_pwrite": policy.Write, "fd_filestat_set_size": policy.Write | policy.Truncate,
	"fd_filestat_get": policy.Stat, "path_filestat_get": policy.Stat,
	"fd_filestat_set_times": policy.SetStat, "path_filestat_set_times": policy.SetStat,
	"path_create_directory": policy.Create, "path_symlink": policy.Create, "path_link": policy.Create,
	"path_remove_directory": policy.Delete, "path_unlink_file": policy.Delete, "path_rename": policy.Delete,
}

// implied returns the beginnings of effects that a successful call must have told. Every path is resolved beneath a descriptor of the call.
func implied(row *wasi.Hostcall, args []uint64) (list []string) {
	access, ops := accesses[row.Name], row.Ops()
	slot, fd := 0, uint64(0)
	for i := range row.Params {
		kind := row.Params[i].Kind
		switch {
		case kind.IsFD():
			fd = args[slot]
			if access != 0 && !ops.Has(policy.PathAt) {
				list = append(list, fmt.Sprintf("%s:%d:%s:", policy.FdUse, int32(fd), access))
			}
		case kind.IsText() && i > 0 && row.Params[i-1].Kind.IsFD() || kind.IsText() && i > 1 && row.Params[i-2].Kind.IsFD():
			what := access
			switch {
			case row.Name == "path_open":
				what = 0 // by its flags
			case row.Name == "path_link" && len(list) == 0:
				what = policy.Read | policy.Write | policy.SetStat
			case row.Name == "path_rename" && len(list) > 0:
				what |= policy.Create
			}
			list = append(list, fmt.Sprintf("%s:%d:", policy.PathAt, int32(fd)))
			if what != 0 {
				list[len(list)-1] += what.String() + ":"
			}
		}
		slot += len(kind.Core)
	}
	for _, op := range []policy.Op{policy.FdClose, policy.FdMove, policy.FdOpen, policy.SockOpen, policy.Random, policy.Clock} {
		if ops.Has(op) && !(row.Name == "poll_oneoff") && !(row.Name == "fd_renumber") {
			list = append(list, op.String()+":")
		}
	}
	return list
}
