package oracle

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/scene"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// ourStage is a stage on our runtime.
type ourStage struct {
	player
	ctx       context.Context
	rt        *runtime.Runtime
	linker    runtime.Linker
	modules   map[*scene.Built]*runtime.Module
	slots     []runtime.Extern
	who, left *runtime.Global
	instances []*runtime.Instance
	numbers   map[*runtime.Func]uint64
	guests    int      // whose calls of functions of the host are in progress
	wrong     *Failure // what only we can see
}

// overloaded is the slot beside whose function of the host there is one of another type, without results; the number of that is the one
// behind the slots, and that of functions that nobody has defined one more.
const overloaded = 4

var (
	overload       = wasm.FuncType{Params: scene.Slots[overloaded].Func.Params}
	overloadNumber = len(scene.Slots)
	fallbackNumber = len(scene.Slots) + 1
)

// scenePages bounds memories.
const scenePages = 16

// manyTypes is how many types a store that has many has before those of the scene.
const manyTypes = 16

func newOurStage(ctx context.Context, s *scene.Scene, modules map[*scene.Built]*runtime.Module) *ourStage {
	o := &ourStage{ctx: ctx, modules: modules, numbers: map[*runtime.Func]uint64{},
		rt: runtime.New(&runtime.Config{Fuel: executeFuel, MaxMemoryBytes: scenePages * wasm.PageSize})}
	o.player = player{stage: o, scene: s}
	if s.Types {
		for i := range manyTypes {
			o.rt.NewFunc("", "", wasm.FuncType{Params: slices.Repeat([]wasm.ValType{wasm.F32}, i)}, nil)
		}
	}
	o.who, _ = o.rt.NewGlobal(scene.Counter, runtime.I32(-1))
	o.left, _ = o.rt.NewGlobal(scene.Counter, runtime.I32(0))
	o.linker.Define(scene.Host, scene.Who, o.who)
	o.linker.Define(scene.Host, scene.Left, o.left)
	o.linker.Fallback(func(_ *wasm.Import, t wasm.FuncType) runtime.HostFunc { return o.host(fallbackNumber, t) })
	for i := range scene.Slots {
		slot := &scene.Slots[i]
		var x runtime.Extern
		switch slot.Kind {
		case wasm.ExternFunc:
			host := o.host(i, slot.Func)
			x = o.rt.NewFunc(scene.Module, slot.Name, slot.Func, host)
			o.numbers[x.(*runtime.Func)] = uint64(i + 1)
			if i%2 == 0 { // a function of its own for each import
				o.linker.Func(scene.Module, slot.Name, slot.Func, host)
				if i == overloaded {
					o.linker.Overload(scene.Module, slot.Name, overload, o.host(overloadNumber, overload))
				}
				o.slots = append(o.slots, x)
				continue
			}
		case wasm.ExternTable:
			x, _ = o.rt.NewTable(slot.Table)
			if slot.Table.Elem == wasm.FuncRef {
				_ = x.(*runtime.Table).Set(1, runtime.FuncRef(o.slots[i%scene.Funcs].(*runtime.Func)))
			}
		case wasm.ExternMemory:
			x, _ = o.rt.NewMemory(slot.Memory)
		case wasm.ExternGlobal:
			x, _ = o.rt.NewGlobal(slot.Global, zero(slot.Global.Type))
		}
		o.linker.Define(scene.Module, slot.Name, x)
		o.slots = append(o.slots, x)
	}
	return o
}

// host returns the function of the host with a number.
func (o *ourStage) host(number int, t wasm.FuncType) runtime.HostFunc {
	return func(_ context.Context, caller *runtime.Instance, stack []uint64) error {
		var args []uint64
		at := 0
		for _, p := range t.Params {
			switch args = append(args, stack[at]); {
			case p == wasm.V128:
				args = append(args, stack[at+1])
			case p == wasm.FuncRef:
				args[len(args)-1] = o.number(o.rt.FuncOf(stack[at]))
			case p == wasm.ExternRef:
				args[len(args)-1] = min(stack[at], 1)
			}
			at += slots(p)
		}
		if o.calledBy(caller) {
			o.guests++
			defer func() { o.guests-- }()
		}
		end, err := o.script(number, args)
		switch {
		case err != nil:
			return err
		case end == scene.Trap:
			return &runtime.Trap{Code: runtime.Unreachable}
		case end == scene.Fail:
			return errScript
		case end == scene.Exit:
			return &runtime.ExitError{Code: 7}
		case end == scene.Panic:
			panic(panicScript)
		}
		echo(t, append([]uint64(nil), stack...), stack)
		return nil
	}
}

// calledBy asserts that caller is an instance of the module that says that it calls. It returns false if none does.
func (o *ourStage) calledBy(caller *runtime.Instance) bool {
	id := o.who.Get().I32()
	for b, m := range o.modules {
		if int32(b.ID) == id && caller.Module() != m && o.wrong == nil {
			o.wrong = fail("link: another caller", "module %d calls", id)
		}
	}
	return id >= 0
}

// echo gives a function results that follow from the first parameters of their types, or numbers that follow from their places.
func echo(t wasm.FuncType, args, results []uint64) {
	at := 0
	for k, r := range t.Results {
		for i := range slots(r) {
			results[at+i] = uint64(40 + k)
			if r.IsRef() {
				results[at+i] = 0
			}
		}
		from := 0
		for _, p := range t.Params {
			if p == r {
				copy(results[at:at+slots(r)], args[from:])
				if !r.IsRef() {
					results[at] = changed(r, results[at])
				}
				break
			}
			from += slots(p)
		}
		at += slots(r)
	}
}

// changed returns another number of a type.
func changed(t wasm.ValType, bits uint64) uint64 {
	if t == wasm.I32 {
		return uint64(uint32(bits + 1))
	}
	return bits + 1
}

// number returns the number of a function: of the host by its slot, of a guest by instance and index.
func (o *ourStage) number(f *runtime.Func) uint64 {
	if f == nil {
		return 0
	}
	if n, ok := o.numbers[f]; ok {
		return n
	}
	name, ofHost := strings.CutPrefix(f.String(), scene.Module+".")
	for i := range scene.Slots[:scene.Funcs] {
		if ofHost && scene.Slots[i].Name == name {
			if f.Type().Equal(overload) {
				return uint64(overloadNumber + 1)
			}
			return uint64(i + 1)
		}
	}
	if ofHost {
		return uint64(fallbackNumber + 1)
	}
	return unknownFunc
}

// unknownFunc is the number of functions of an instance that is not there yet.
const unknownFunc = 999

// values returns values in numbers.
func (o *ourStage) values(list ...runtime.Value) (n []uint64) {
	for _, v := range list {
		low, high := v.V128()
		switch v.Type() {
		case wasm.V128:
			n = append(n, low, high)
		case wasm.FuncRef:
			f, _ := v.Ref().(*runtime.Func)
			n = append(n, o.number(f))
		case wasm.ExternRef:
			x, _ := v.Ref().(int)
			n = append(n, uint64(x))
		default:
			n = append(n, low)
		}
	}
	return n
}

// value returns a value of the host.
func (o *ourStage) value(v scene.Value) runtime.Value {
	switch {
	case v.Type == wasm.V128:
		return runtime.V128(v.Low, v.High)
	case !v.Type.IsRef():
		return runtime.Num(v.Type, v.Low)
	case v.Low == 0:
		return zero(v.Type)
	case v.Type == wasm.FuncRef:
		return runtime.FuncRef(o.slots[v.Low-1].(*runtime.Func))
	}
	return runtime.ExternRef(int(v.Low))
}

func (o *ourStage) setLeft(n uint64) { _ = o.left.Set(runtime.Num(wasm.I32, n)) }
func (o *ourStage) setWho()          { _ = o.who.Set(runtime.I32(-1)) }

func (o *ourStage) call(step *scene.Step) (e ended) {
	f, _ := pick[*runtime.Func](o.slots, step.At)
	if step.Kind == scene.CallElem {
		t, _ := pick[*runtime.Table](o.slots, step.At)
		v, err := t.Get(step.Num)
		if err != nil {
			return ended{note: note{what: "no element"}}
		}
		if f, _ = v.Ref().(*runtime.Func); f == nil {
			return ended{note: note{what: "no function"}}
		}
	}
	var args []runtime.Value
	for _, p := range f.Type().Params {
		args = append(args, o.value(step.Arg(p)))
	}
	defer outermost(&e, o.depth)
	results, err := f.Call(o.ctx, args...)
	if err != nil {
		return o.endedBy(err)
	}
	return ended{note: note{"returned", o.values(results...)}}
}

// outermost ends a step by the panic of a function of the host, if it was begun in no script.
func outermost(e *ended, depth int) {
	switch r := recover(); {
	case r == nil:
	case r == panicScript && depth == 0:
		*e = ended{note: note{what: "panic"}}
	default:
		panic(r)
	}
}

// pick returns the slot of a type that is number n, counted from the first one on, and its place.
func pick[T, E any](slots []E, n int) (x T, at int) {
	var found []int
	for i := range slots {
		if _, ok := any(slots[i]).(T); ok {
			found = append(found, i)
		}
	}
	at = found[n%len(found)]
	return any(slots[at]).(T), at
}

// endedBy describes an error.
func (o *ourStage) endedBy(err error) ended {
	var trap *runtime.Trap
	var host *runtime.HostError
	var exit *runtime.ExitError
	var link *runtime.LinkError
	e := ended{err: err}
	switch {
	case errors.As(err, &trap):
		e.what, e.frames = "trap: "+trap.Code.Error(), trap.Frames
	case errors.As(err, &host) && errors.As(err, &exit):
		e.note = note{"exit of " + host.Module + "." + host.Name, []uint64{uint64(exit.Code)}}
	case errors.As(err, &host) && host.Err == errScript:
		e.what = "failure of " + host.Module + "." + host.Name
	case errors.As(err, &link):
		e.what = "import " + link.Module + "." + link.Name + ": " + link.Msg
	default:
		e.what = err.Error()
	}
	return e
}

func (o *ourStage) instantiate(step *scene.Step) (e ended) {
	o.made++
	number, at := o.made, len(o.instances)
	o.instances = append(o.instances, nil)
	defer outermost(&e, o.depth)
	in, err := o.rt.Instantiate(o.ctx, o.modules[step.Module], &o.linker)
	if in != nil {
		o.instances[at] = in
		o.register(in, number)
	}
	if err != nil {
		return o.endedBy(err)
	}
	o.linker.Instance(scene.Module, in)
	for i := range scene.Slots {
		if x := in.Export(scene.Slots[i].Name); x != nil {
			o.slots[i] = x
		}
	}
	return ended{note: note{what: "instantiated"}}
}

// register gives the functions of an instance their numbers.
func (o *ourStage) register(in *runtime.Instance, number int) {
	m := in.Module().Wasm()
	for i := m.ImportedFuncs(); i < m.ImportedFuncs()+len(m.Funcs); i++ {
		o.numbers[in.Func(scene.ExportName(wasm.ExternFunc, i))] = funcNumber(number, i)
	}
}

// funcNumber is the number of a function of a guest.
func funcNumber(instance, index int) uint64 { return uint64(1000*instance + index) }

func (o *ourStage) reset(step *scene.Step) (e ended) {
	in := o.instances[int(step.Num)%len(o.instances)]
	switch {
	case in == nil:
		return ended{}
	case o.guests == 0 && o.depth > 0:
		return ended{}
	case o.depth > 0:
		if err := in.Reset(o.ctx); err == nil {
			o.wrong = fail("link: reset while a guest runs", "it is not refused")
		}
		return ended{}
	}
	defer outermost(&e, o.depth)
	if err := in.Reset(o.ctx); err != nil {
		return o.endedBy(err)
	}
	return ended{note: note{what: "reset"}}
}

func (o *ourStage) change(step *scene.Step) ended {
	var err error
	n := note{what: "changed"}
	switch step.Kind {
	case scene.SetGlobal:
		g, _ := pick[*runtime.Global](o.slots, step.At)
		err = g.Set(o.value(step.Arg(g.Type().Type)))
		n.values = o.values(g.Get())
	case scene.SetElem:
		t, _ := pick[*runtime.Table](o.slots, step.At)
		err = t.Set(step.Num, o.value(step.Arg(t.Type().Elem)))
	case scene.Write:
		m, _ := pick[*runtime.Memory](o.slots, step.At)
		var b []byte
		b, ok := m.Slice(16, 8)
		if !ok {
			err = errScript
			break
		}
		for i := range b {
			n.values = append(n.values, uint64(b[i]))
			b[i] = byte(step.Num >> (8 * i))
		}
	case scene.Grow:
		m, _ := pick[*runtime.Memory](o.slots, step.At)
		old, ok := m.Grow(step.Num)
		if !ok {
			err = errScript
		}
		n.values = []uint64{old}
	}
	if err != nil {
		n = note{what: "not changed"}
	}
	return ended{note: n}
}

// state returns what all instances hold; what is in memories only in the end.
func (o *ourStage) state(end bool) (list []note) {
	for _, in := range o.instances {
		if in == nil {
			list = append(list, note{what: "no instance"})
			continue
		}
		for _, e := range in.Module().Wasm().Exports {
			list = append(list, o.look(in.Export(e.Name), end))
		}
	}
	return list
}

func (o *ourStage) look(x runtime.Extern, end bool) note {
	n := note{what: x.Kind().String()}
	switch x := x.(type) {
	case *runtime.Func:
		n.values = []uint64{o.number(x)}
	case *runtime.Global:
		n.values = o.values(x.Get())
	case *runtime.Table:
		n.values = append(n.values, x.Type().Limits.Min)
		for i := range x.Len() {
			v, _ := x.Get(i)
			n.values = append(n.values, o.values(v)...)
		}
	case *runtime.Memory:
		n.values = append(n.values, x.Type().Limits.Min)
		if b, ok := x.Slice(0, x.Size()); end && ok {
			n.values = append(n.values, hashOf(b))
		}
	}
	return n
}
