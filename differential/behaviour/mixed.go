package behaviour

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasi/model"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// mixedFuel bounds the loops and calls of each entry point of a mixed module, and with them the hostcalls.
const mixedFuel = 6

// Mixed returns the module with an index of a seed, which computes and makes hostcalls.
func Mixed(seed, index int64, outside string) *wasm.Module {
	return module.Generate(source.Tape(seed, index), module.Options{Imports: true, Fuel: mixedFuel, Hostcalls: &hostcall.Options{Outside: outside}})
}

// logModule is what watched modules tell of their hostcalls: "before NAME" with the arguments, and "after" with the errno.
const (
	logModule = "touchstone:hostcalls"
	logAfter  = "after"
	logBefore = "before "
	logStart  = "touchstone:start"
)

// RunMixed runs a module that computes and makes hostcalls on an engine, in a fresh tree below temp, and judges each hostcall and the files in
// the end. The situation that it returns has the calls that were made. A module whose time is the host's, or which asks for sockets, is judged as
// far as the model follows it. Errors are ours.
func RunMixed(ctx context.Context, e engine.Engine, temp string, seed, index int64) (*Account, *Situation, error) {
	return patient(func() (*Account, *Situation, error) { return runMixedOnce(ctx, e, temp, seed, index) })
}

func runMixedOnce(ctx context.Context, e engine.Engine, temp string, seed, index int64) (*Account, *Situation, error) {
	w, err := newWorld(temp)
	if err != nil {
		return nil, nil, err
	}
	s := &Situation{Name: fmt.Sprintf("mixed module %d of seed %d", index, seed), Seed: seed, Index: index}
	a, err := w.runMixed(ctx, e, s, Mixed(seed, index, w.outside()))
	if e := w.remove(); err == nil {
		err = e
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s on %s: %w", s.Name, e.Name(), err)
	}
	return a, s, nil
}

func (w *world) runMixed(ctx context.Context, e engine.Engine, s *Situation, m *wasm.Module) (*Account, error) {
	watched := watch(m)
	job := &engine.Job{Module: wasm.Encode(watched), WASI: w.wasi(), Snapshots: true, Timeout: timeout}
	for _, x := range watched.Exports {
		if x.Kind == wasm.ExternFunc && (x.Name == logStart || len(watched.FuncTypes()[x.Index].Params) == 0) {
			job.Calls = append(job.Calls, engine.Call{Export: x.Name})
		}
	}
	res, err := e.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	a := &Account{Engine: e.Name(), Version: e.Version()}
	switch res.Stage {
	case engine.StageRun:
		m := w.model(e, runtime.GOOS)
		judgeLog(a, s, m, res.HostCalls)
		a.Message = lastWords(res)
		if a.Breach == nil && res.HostCallTotal == uint64(len(res.HostCalls)) {
			a.At, a.Breach = len(s.Calls), m.CheckTree(0, w.guest(), nil)
		}
	case engine.StageCrash:
		a.died("crash", keyDied, res.Message)
	case engine.StageHang:
		if waits(watched, res.HostCalls) {
			a.Lacks = "a hostcall waits, or may: " + res.Message
			break
		}
		a.died("hang", keyHangs, res.Message)
	default:
		a.Lacks = fmt.Sprintf("%s: %s", res.Stage, res.Message)
	}
	if a.Results != nil && len(s.Calls) == 0 { // it died: what is known is which hostcalls there are
		for _, imp := range watched.Imports {
			if imp.Module == wasi.Module {
				s.Calls = append(s.Calls, hostcall.Call{Row: rows[imp.Name]})
			}
		}
		a.At = len(s.Calls)
	}
	return w.finish(a, s)
}

// waits reports whether a module that was not done in time may have been waiting, as it asked for: the last that it told of is such a hostcall,
// or, if nothing is left of what it told, it has one.
func waits(watched *wasm.Module, log []engine.HostCall) bool {
	may := func(name string) bool { return rows[name] != nil && rows[name].Ops().Has(policy.Sleep) }
	if len(log) > 0 {
		last := &log[len(log)-1]
		return last.Module == logModule && may(strings.TrimPrefix(last.Name, logBefore))
	}
	return slices.ContainsFunc(watched.Imports, func(i wasm.Import) bool { return i.Module == wasi.Module && may(i.Name) })
}

// lastWords returns what the engine says of the calls that it ended; which of them made which hostcalls is not known.
func lastWords(res *engine.Result) string {
	var words []string
	for i := range res.Calls {
		if c := &res.Calls[i]; c.Message != "" && !slices.Contains(words, c.Message) {
			words = append(words, c.Message)
		}
	}
	return strings.Join(words, "; ")
}

// judgeLog lets the model judge the hostcalls that a watched module has told of, up to the first that is not allowed, and enters them into
// the situation.
func judgeLog(a *Account, s *Situation, m *model.Model, log []engine.HostCall) {
	log = slices.DeleteFunc(slices.Clone(log), func(c engine.HostCall) bool { return c.Module != logModule })
	for i := range log {
		before := &log[i]
		if before.Name == logAfter {
			continue
		}
		row := rows[strings.TrimPrefix(before.Name, logBefore)]
		o := &model.Outcome{Row: row, Before: before.Memory, After: before.Memory}
		call := hostcall.Call{Row: row}
		for _, v := range before.Args {
			o.Args = append(o.Args, v.Bits)
			call.Args = append(call.Args, hostcall.Arg{Value: v.Bits})
		}
		result := "trap"
		if i+1 < len(log) && log[i+1].Name == logAfter {
			after := &log[i+1]
			o.After, o.Errno = after.Memory, wasi.Errno(after.Args[0].Bits)
			o.Fault = o.Errno == wasi.EFBIG
			result = o.Errno.String()
		} else {
			o.Trapped = true
		}
		s.Calls, a.Results = append(s.Calls, call), append(a.Results, result)
		if len(o.Before) == 0 || len(o.Before) != len(o.After) {
			a.Lacks = "the memory cannot be read"
			return
		}
		if a.Breach = m.Judge(o); a.Breach != nil {
			a.At = len(s.Calls) - 1
			return
		}
		a.Judged++
	}
}

// watch puts a function in front of each hostcall that a module makes, which tells of the call before and after it, and exports the start
// function to be called instead of being started: memory cannot be read before a module is instantiated. Hostcalls that it does not make are not
// imported any more.
func watch(m *wasm.Module) *wasm.Module {
	out := *m
	out.Imports, out.Types, out.Funcs = nil, slices.Clone(m.Types), slices.Clone(m.Funcs)
	used := named(m)
	log := func(name string, params []wasm.ValType) {
		t := engine.TypeIndex(&out, wasm.FuncType{Params: params})
		out.Imports = append(out.Imports, wasm.Import{Module: logModule, Name: name, Kind: wasm.ExternFunc, Func: t})
	}
	to := map[uint32]uint32{} // imported functions
	var watched []*wasm.Import
	log(logAfter, []wasm.ValType{wasm.I32})
	index, next := uint32(0), uint32(1)
	for i := range m.Imports {
		imp := &m.Imports[i]
		if imp.Kind == wasm.ExternFunc {
			index++
			if !used[index-1] {
				continue
			}
			if to[index-1] = next; imp.Module == wasi.Module {
				log(logBefore+imp.Name, m.Types[imp.Func].Params)
				watched, next = append(watched, imp), next+1
			}
			next++
		}
		out.Imports = append(out.Imports, *imp)
	}
	wrapper := next + uint32(len(m.Funcs))
	for i := range index {
		if f, ok := to[i]; ok && out.Imports[f].Module == logModule { // before the hostcall itself
			to[i] = wrapper
			wrapper++
			out.Funcs = append(out.Funcs, watcher(m, watched[0], f))
			watched = watched[1:]
		}
	}
	added := out.Funcs[len(m.Funcs):]
	out.Funcs = out.Funcs[:len(m.Funcs)]
	engine.Renumber(&out, func(f uint32) uint32 {
		if f < index {
			return to[f]
		}
		return f - index + next
	})
	out.Funcs = append(out.Funcs, added...)
	if out.Start != nil {
		out.Exports = append([]wasm.Export{{Name: logStart, Kind: wasm.ExternFunc, Index: *out.Start}}, out.Exports...)
		out.Start = nil
	}
	return &out
}

// watcher is the function in front of a hostcall; before is that which is told of it, and the hostcall is behind that. Rights are masked as
// [Generated] does.
func watcher(m *wasm.Module, hostcall *wasm.Import, before uint32) wasm.Func {
	t := m.Types[hostcall.Func]
	var code []byte
	op := func(o wasm.Op, imms ...uint64) {
		in := wasm.NewInstr(o, imms...)
		code = wasm.AppendInstr(code, &in)
	}
	masked := rightsOf(rows[hostcall.Name])
	for _, f := range []uint32{before, before + 1} {
		for p := range t.Params {
			if op(wasm.OpLocalGet, uint64(p)); slices.Contains(masked, p) {
				op(wasm.OpI64Const, allRights)
				op(wasm.OpI64And)
			}
		}
		op(wasm.OpCall, uint64(f))
	}
	errno := uint64(len(t.Params))
	op(wasm.OpLocalTee, errno)
	op(wasm.OpCall, 0)
	op(wasm.OpLocalGet, errno)
	op(wasm.OpEnd)
	return wasm.Func{Type: hostcall.Func, Locals: []wasm.Locals{{Count: 1, Type: wasm.I32}}, Body: wasm.Expr{Code: code}}
}

// named returns the functions whose index is anywhere in a module.
func named(m *wasm.Module) map[uint32]bool {
	all, scratch := map[uint32]bool{}, *m
	engine.Renumber(&scratch, func(f uint32) uint32 { all[f] = true; return f })
	return all
}

// rows are the hostcalls that mixed modules make, by name.
var rows = func() map[string]*wasi.Hostcall {
	all := map[string]*wasi.Hostcall{}
	for row := range wasi.Hostcalls() {
		if row.Shape == "" {
			all[row.Name] = row
		}
	}
	return all
}()
