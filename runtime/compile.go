package runtime

import (
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
	types    []wasm.FuncType // of all functions
	typeKeys []string        // by type index
	exports  map[string]*wasm.Export
	names    func() map[uint32]string
}

// Compile decodes, validates and lowers a module in the binary format. Errors are *wasm.MalformedError,
// *wasm.InvalidError and *wasm.LimitError. The module keeps src, which must not be changed afterwards.
func Compile(src []byte) (*Module, error) {
	m, err := wasm.DecodeShallow(nil, src)
	if err == nil {
		var mod *Module
		if mod, err = CompileModule(m); err == nil {
			return mod, nil
		}
	}
	// A function behind the first error may be malformed, and the specification wants to hear of that first.
	if _, malformed := wasm.Decode(src); malformed != nil {
		return nil, malformed
	}
	return nil, err
}

// CompileModule is Compile for a module that was decoded or built already; it must not be changed afterwards.
func CompileModule(m *wasm.Module) (*Module, error) { return compile(m, lowering) }

// CompilePlain is CompileModule without instructions that do the work of several. The module means the same and is slower;
// tests compare the two.
func CompilePlain(m *wasm.Module) (*Module, error) { return compile(m, fusing(0)) }

// lowering is how modules are lowered. Only tests change it.
var lowering = fusing(lower.All)

func fusing(f lower.Fusion) func(*wasm.Module) (*isa.Code, error) {
	return func(m *wasm.Module) (*isa.Code, error) { return lower.Module(m, f) }
}

func compile(m *wasm.Module, lowering func(*wasm.Module) (*isa.Code, error)) (*Module, error) {
	code, err := lowering(m)
	if err != nil {
		return nil, err
	}
	mod := &Module{wasm: m, code: code, types: m.FuncTypes(), exports: make(map[string]*wasm.Export, len(m.Exports))}
	for i := range m.Types {
		mod.typeKeys = append(mod.typeKeys, m.Types[i].Key())
	}
	for i := range m.Exports {
		mod.exports[m.Exports[i].Name] = &m.Exports[i]
	}
	mod.names = sync.OnceValue(mod.funcNames)
	return mod, nil
}

// Wasm returns the decoded module; it must not be changed.
func (m *Module) Wasm() *wasm.Module { return m.wasm }

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
	index := uint32(m.wasm.ImportedFuncs() + i)
	return Frame{Func: index, Name: m.names()[index], Offset: int(m.code.Pos[p-1].Offset)}
}
