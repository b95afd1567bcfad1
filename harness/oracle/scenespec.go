package oracle

import (
	"errors"
	"hash/maphash"
	"slices"
	"strconv"

	"github.com/touchstone-wasm/touchstone/generators/scene"
	"github.com/touchstone-wasm/touchstone/harness/evaluator"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// specStage is a stage of the evaluator.
type specStage struct {
	player
	modules   map[*scene.Built]*runtime.Module
	slots     []evaluator.Extern
	overload  *evaluator.Func // beside the function of the host in a slot; nil if that is replaced
	who, left *evaluator.Global
	instances []*evaluator.Instance
	wasm      []*wasm.Module // of instances
	numbers   map[*evaluator.Func]uint64
}

// sceneLimits are what nothing in a scene reaches but memories.
var sceneLimits = evaluator.Limits{Steps: executeFuel, Depth: 1000, Pages: scenePages, Elems: 10_000_000}

// hostEnd is how a function of the host ends a computation: a panic, like the traps of the evaluator.
type hostEnd struct {
	name string // of the function
	end  uint64
}

// Error returns the name.
func (e *hostEnd) Error() string { return e.name }

func newSpecStage(s *scene.Scene, modules map[*scene.Built]*runtime.Module) *specStage {
	o := &specStage{modules: modules, numbers: map[*evaluator.Func]uint64{},
		who: &evaluator.Global{Type: scene.Counter, Value: evaluator.Default(wasm.I32)}, left: &evaluator.Global{Type: scene.Counter}}
	o.player = player{stage: o, scene: s}
	for i := range scene.Slots {
		slot := &scene.Slots[i]
		var x evaluator.Extern
		switch slot.Kind {
		case wasm.ExternFunc:
			x = o.host(i, slot.Name, slot.Func)
		case wasm.ExternTable:
			t := evaluator.NewTable(slot.Table)
			if x = t; slot.Table.Elem == wasm.FuncRef {
				t.Elems[1].Ref = o.slots[i%scene.Funcs]
			}
		case wasm.ExternMemory:
			x = evaluator.NewMemory(slot.Memory)
		case wasm.ExternGlobal:
			x = &evaluator.Global{Type: slot.Global, Value: evaluator.Default(slot.Global.Type)}
		}
		o.slots = append(o.slots, x)
	}
	o.overload = o.host(overloadNumber, scene.Slots[overloaded].Name, overload)
	return o
}

// host returns the function of the host with a number.
func (o *specStage) host(number int, name string, t wasm.FuncType) *evaluator.Func {
	f := &evaluator.Func{Type: t}
	f.Host = func(args []evaluator.Value) []evaluator.Value {
		args = append([]evaluator.Value(nil), args...)
		var numbers []uint64
		for _, a := range args {
			if a.Type == wasm.ExternRef && a.Ref != nil {
				numbers = append(numbers, 1)
				continue
			}
			numbers = append(numbers, o.values(a)...)
		}
		end, err := o.script(number, numbers)
		var trap *evaluator.Trap
		var other *hostEnd
		switch {
		case errors.As(err, &trap):
			panic(trap.Code)
		case errors.As(err, &other):
			panic(other)
		case end == scene.Trap:
			panic(wasm.Unreachable)
		case end != scene.Return:
			panic(&hostEnd{scene.Module + "." + name, end})
		}
		return echoed(t, args)
	}
	o.numbers[f] = uint64(number + 1)
	return f
}

// echoed is echo for values.
func echoed(t wasm.FuncType, args []evaluator.Value) (results []evaluator.Value) {
	for k, r := range t.Results {
		v := evaluator.Default(r)
		if !r.IsRef() {
			v.Bits = uint64(40 + k)
		}
		if r == wasm.V128 {
			v.High = v.Bits
		}
		for _, a := range args {
			if a.Type == r {
				if v = a; !r.IsRef() {
					v.Bits = changed(r, v.Bits)
				}
				break
			}
		}
		results = append(results, v)
	}
	return results
}

// values returns values in numbers.
func (o *specStage) values(list ...evaluator.Value) (n []uint64) {
	for _, v := range list {
		switch v.Type {
		case wasm.V128:
			n = append(n, v.Bits, v.High)
		case wasm.FuncRef:
			f, _ := v.Ref.(*evaluator.Func)
			n = append(n, o.number(f))
		case wasm.ExternRef:
			x, _ := v.Ref.(int)
			n = append(n, uint64(x))
		default:
			n = append(n, v.Bits)
		}
	}
	return n
}

func (o *specStage) number(f *evaluator.Func) uint64 {
	if f == nil {
		return 0
	}
	if n, ok := o.numbers[f]; ok {
		return n
	}
	return unknownFunc
}

// value returns a value of the host.
func (o *specStage) value(v scene.Value) evaluator.Value {
	w := evaluator.Value{Type: v.Type}
	switch {
	case !v.Type.IsRef():
		w.Bits, w.High = v.Low, v.High
	case v.Low == 0:
	case v.Type == wasm.FuncRef:
		w.Ref = o.slots[v.Low-1]
	default:
		w.Ref = int(v.Low)
	}
	return w
}

func (o *specStage) setLeft(n uint64) { o.left.Value = evaluator.Num(wasm.I32, n) }
func (o *specStage) setWho()          { o.who.Value = evaluator.Num(wasm.I32, 1<<32-1) }

func (o *specStage) call(step *scene.Step) (e ended) {
	f, _ := pick[*evaluator.Func](o.slots, step.At)
	if step.Kind == scene.CallElem {
		t, _ := pick[*evaluator.Table](o.slots, step.At)
		if step.Num >= uint64(len(t.Elems)) {
			return ended{note: note{what: "no element"}}
		}
		if f, _ = t.Elems[step.Num].Ref.(*evaluator.Func); f == nil {
			return ended{note: note{what: "no function"}}
		}
	}
	var args []evaluator.Value
	for _, p := range f.Type.Params {
		args = append(args, o.value(step.Arg(p)))
	}
	return o.ending("returned", func() ([]evaluator.Value, error) { return f.Call(sceneLimits, args...) })
}

// ending runs do and describes how it ends; what says how it does mostly.
func (o *specStage) ending(what string, do func() ([]evaluator.Value, error)) (e ended) {
	depth := o.depth
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *hostEnd:
			e = o.endedBy(r)
			if r.end == scene.Panic && depth > 0 {
				panic(r)
			}
		default:
			panic(r)
		}
	}()
	results, err := do()
	if err != nil {
		return o.endedBy(err)
	}
	return ended{note: note{what, o.values(results...)}}
}

// endedBy describes an error.
func (o *specStage) endedBy(err error) ended {
	e := ended{err: err}
	switch err := err.(type) {
	case *evaluator.Trap:
		ours, _ := specifiedTrap(err)
		e.what, e.frames = "trap: "+err.Code.Error(), ours.Frames
	case *evaluator.LinkError:
		e.what = "import " + err.Module + "." + err.Name + ": " + err.Msg
	case *hostEnd:
		switch err.end {
		case scene.Exit:
			e.note = note{"exit of " + err.name, []uint64{7}}
		case scene.Panic:
			e.note, e.err = note{what: "panic"}, nil
		default:
			e.what = "failure of " + err.name
		}
	}
	return e
}

func (o *specStage) instantiate(step *scene.Step) ended {
	o.made++
	number, at, m := o.made, len(o.instances), o.modules[step.Module].Wasm()
	o.instances, o.wasm = append(o.instances, nil), append(o.wasm, m)
	e := o.ending("instantiated", func() ([]evaluator.Value, error) {
		in, err := evaluator.Prepare(renamed(m), o.imports(m), sceneLimits)
		if err != nil {
			return nil, original(err, m)
		}
		defer func() { // a function of the host may end it, by a panic
			r := recover()
			if end, ok := r.(*hostEnd); !ok || end.end != scene.Panic {
				o.register(in, at, number)
			}
			if r != nil {
				panic(r)
			}
		}()
		return nil, in.Start()
	})
	if e.what == "instantiated" {
		for i := range scene.Slots {
			if x := o.instances[at].Export(scene.Slots[i].Name); x != nil {
				if i == overloaded {
					o.overload = nil
				}
				o.slots[i] = x
			}
		}
	}
	return e
}

// renamed returns a module whose imports have their places for names: what one gets may follow from its type.
func renamed(m *wasm.Module) *wasm.Module {
	c := *m
	c.Imports = slices.Clone(m.Imports)
	for i := range c.Imports {
		c.Imports[i].Name = strconv.Itoa(i)
	}
	return &c
}

// original returns an error of a renamed module as one of the module.
func original(err error, m *wasm.Module) error {
	var link *evaluator.LinkError
	if errors.As(err, &link) {
		i, _ := strconv.Atoi(link.Name)
		link.Name = m.Imports[i].Name
	}
	return err
}

// imports returns what the imports of a module are, renamed.
func (o *specStage) imports(m *wasm.Module) evaluator.Imports {
	imports := evaluator.Imports{}
	for i := range m.Imports {
		im := &m.Imports[i]
		if x := o.find(m, im); x != nil {
			imports[[2]string{im.Module, strconv.Itoa(i)}] = x
		}
	}
	return imports
}

// find returns what an import gets; nil if there is nothing.
func (o *specStage) find(m *wasm.Module, im *wasm.Import) evaluator.Extern {
	switch {
	case im.Module == scene.Host && im.Name == scene.Who:
		return o.who
	case im.Module == scene.Host:
		return o.left
	}
	slot := slices.IndexFunc(scene.Slots, func(s scene.Slot) bool { return s.Name == im.Name })
	switch {
	case slot < 0 && im.Kind == wasm.ExternFunc:
		return o.host(fallbackNumber, im.Name, m.Types[im.Func])
	case slot < 0:
		return nil
	case slot == overloaded && o.overload != nil && im.Kind == wasm.ExternFunc && m.Types[im.Func].Equal(overload):
		return o.overload
	}
	return o.slots[slot]
}

// register keeps an instance and gives its functions their numbers.
func (o *specStage) register(in *evaluator.Instance, at, number int) {
	o.instances[at] = in
	m := o.wasm[at]
	for i := m.ImportedFuncs(); i < m.ImportedFuncs()+len(m.Funcs); i++ {
		o.numbers[in.Export(scene.ExportName(wasm.ExternFunc, i)).(*evaluator.Func)] = funcNumber(number, i)
	}
}

func (o *specStage) reset(step *scene.Step) ended {
	in := o.instances[int(step.Num)%len(o.instances)]
	if in == nil || o.depth > 0 {
		return ended{}
	}
	return o.ending("reset", func() ([]evaluator.Value, error) { return nil, in.Reset() })
}

func (o *specStage) change(step *scene.Step) ended {
	n, ok := note{what: "changed"}, true
	switch step.Kind {
	case scene.SetGlobal:
		g, _ := pick[*evaluator.Global](o.slots, step.At)
		if ok = g.Type.Mutable; ok {
			g.Value = o.value(step.Arg(g.Type.Type))
		}
		n.values = o.values(g.Value)
	case scene.SetElem:
		t, _ := pick[*evaluator.Table](o.slots, step.At)
		if ok = step.Num < uint64(len(t.Elems)); ok {
			t.Elems[step.Num] = o.value(step.Arg(t.Type.Elem))
		}
	case scene.Write:
		m, _ := pick[*evaluator.Memory](o.slots, step.At)
		if ok = len(m.Data) > 0; ok {
			for i := range 8 {
				n.values = append(n.values, uint64(m.Data[16+i]))
				m.Data[16+i] = byte(step.Num >> (8 * i))
			}
		}
	case scene.Grow:
		m, _ := pick[*evaluator.Memory](o.slots, step.At)
		old := uint64(len(m.Data)) / wasm.PageSize
		if ok = old+step.Num <= scenePages && (!m.Type.Limits.HasMax || old+step.Num <= m.Type.Limits.Max); ok {
			m.Data = append(m.Data, make([]byte, step.Num*wasm.PageSize)...)
		}
		n.values = []uint64{old}
	}
	if !ok {
		n = note{what: "not changed"}
	}
	return ended{note: n}
}

// state returns what all instances hold; what is in memories only in the end.
func (o *specStage) state(end bool) (list []note) {
	for i, in := range o.instances {
		if in == nil {
			list = append(list, note{what: "no instance"})
			continue
		}
		for _, e := range o.wasm[i].Exports {
			list = append(list, o.look(e.Kind, in.Export(e.Name), end))
		}
	}
	return list
}

func (o *specStage) look(kind wasm.ExternKind, x evaluator.Extern, end bool) note {
	n := note{what: kind.String()}
	switch x := x.(type) {
	case *evaluator.Func:
		n.values = []uint64{o.number(x)}
	case *evaluator.Global:
		n.values = o.values(x.Value)
	case *evaluator.Table:
		n.values = append([]uint64{uint64(len(x.Elems))}, o.values(x.Elems...)...)
	case *evaluator.Memory:
		n.values = append(n.values, uint64(len(x.Data))/wasm.PageSize)
		if end {
			n.values = append(n.values, hashOf(x.Data))
		}
	}
	return n
}

// hashOf stands for the content of a memory.
func hashOf(b []byte) uint64 { return maphash.Bytes(seed, b) }
