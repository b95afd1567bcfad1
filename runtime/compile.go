package runtime

import (
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"sort"
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Module is a compiled module, immutable and independent of any Runtime.
type Module struct {
	wasm     *wasm.Module
	code     *isa.Code
	imported int                     // functions
	exports  map[string]*wasm.Export // nil if they are few
	named    sync.Once
	names    map[uint32]string // see funcName
}

// fewExports is how many exports are looked through faster than a map of them is made.
const fewExports = 8

// Compiler says how modules are compiled. The zero value means the defaults.
type Compiler struct {
	// Limits bounds what a module may consist of; nil means the defaults.
	Limits *wasm.ModuleLimits
	// Deterministic makes canonical every NaN whose sign and payload the specification leaves open (section 4.3.3), so that
	// results do not depend on the processor. It costs nothing but in code that computes floats.
	Deterministic bool
	// Plain leaves out instructions that do the work of several. The module means the same and is slower; tests compare the
	// two.
	Plain bool
	// Observed makes code whose instructions can be watched; see [Runtime.Observe]. The module means the same, traps at the same
	// places, takes the same room on the stack, and is some twenty times slower. Fuel may differ where a branch leads to another
	// branch: other code goes to the end of such a chain at once and pays once. It implies Plain.
	Observed bool
}

// fusions are what modules are lowered with, and observed makes code observed. Only tests change them.
var (
	fusions  = lower.All
	observed = false
)

// Compile decodes, validates and lowers a module in the binary format. Errors are *wasm.MalformedError,
// *wasm.InvalidError and *wasm.LimitError. The module keeps src, which must not be changed afterwards.
func (c *Compiler) Compile(src []byte) (*Module, error) {
	m, err := wasm.DecodeShallow(c.Limits, src)
	if err == nil {
		var mod *Module
		if mod, err = c.CompileModule(m); err == nil {
			return mod, nil
		}
	}
	// A function behind the first error may be malformed, and the specification wants to hear of that first.
	if _, malformed := wasm.DecodeWithin(c.Limits, src); malformed != nil {
		return nil, malformed
	}
	return nil, err
}

// Compile is [Compiler.Compile] with the defaults.
func Compile(src []byte) (*Module, error) { return new(Compiler).Compile(src) }

// CompileModule is [Compiler.CompileModule] with the defaults.
func CompileModule(m *wasm.Module) (*Module, error) { return new(Compiler).CompileModule(m) }

// CompileModule is Compile for a module that was decoded or built already; it must not be changed afterwards. Of the limits it
// checks those that do not depend on the encoding: parameters, results, locals, operands, labels and nesting.
func (c *Compiler) CompileModule(m *wasm.Module) (*Module, error) {
	o := lower.Options{Fusions: fusions, Limits: c.Limits, CanonicalNaN: c.Deterministic, Observed: c.Observed || observed}
	if c.Plain {
		o.Fusions = 0
	}
	code, err := lower.With(m, o)
	if err != nil {
		return nil, err
	}
	mod := &Module{wasm: m, code: code, imported: m.ImportedFuncs()}
	if len(m.Exports) > fewExports {
		mod.exports = make(map[string]*wasm.Export, len(m.Exports))
		for i := range m.Exports {
			mod.exports[m.Exports[i].Name] = &m.Exports[i]
		}
	}
	return mod, nil
}

// export returns the export with a name, or nil.
func (m *Module) export(name string) *wasm.Export {
	if m.exports != nil {
		return m.exports[name]
	}
	for i := range m.wasm.Exports {
		if x := &m.wasm.Exports[i]; x.Name == name {
			return x
		}
	}
	return nil
}

// Wasm returns the decoded module; it must not be changed.
func (m *Module) Wasm() *wasm.Module { return m.wasm }

// funcName returns the name of a function, "" if it has none.
func (m *Module) funcName(index uint32) string {
	m.named.Do(func() { m.names = m.funcNames() })
	return m.names[index]
}

// funcNames returns the names of functions: those of the name section, and of the exports where it has none.
func (m *Module) funcNames() map[uint32]string {
	names := m.wasm.FuncNames()
	if names == nil {
		names = map[uint32]string{}
	}
	for _, x := range m.wasm.Exports {
		if x.Kind == wasm.ExternFunc && names[x.Index] == "" {
			names[x.Index] = x.Name
		}
	}
	return names
}

// frame returns which function and instruction the code at a word comes from.
func (m *Module) frame(word int) Frame {
	i := m.code.Index(word)
	p := sort.Search(len(m.code.Pos), func(i int) bool { return int(m.code.Pos[i].Word) > word })
	if i == len(m.code.Funcs) || p == 0 {
		return Frame{} // the Exit word, which no call stands in
	}
	index := uint32(m.imported + i)
	if planted.Selected == planted.NameIndex && m.funcName(index-1) != "" {
		return Frame{Func: index, Name: m.funcName(index - 1), Offset: int(m.code.Pos[p-1].Offset)}
	}
	return Frame{Func: index, Name: m.funcName(index), Offset: int(m.code.Pos[p-1].Offset)}
}
