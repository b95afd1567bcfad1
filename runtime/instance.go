package runtime

import (
	"context"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// New returns an empty Runtime. A nil cfg means the defaults.
func New(cfg *Config) *Runtime { panic("being written") }

// Runtime is a store: what instances that are linked with each other share.
type Runtime struct{}

// Compile decodes, validates and lowers a module in the binary format. Errors are *wasm.MalformedError,
// *wasm.InvalidError and *wasm.LimitError.
func Compile(src []byte) (*Module, error) { panic("being written") }

// CompileModule is Compile for a module that was decoded or built already.
func CompileModule(m *wasm.Module) (*Module, error) { panic("being written") }

// Module is a compiled module, immutable and independent of any Runtime.
type Module struct{}

// Wasm returns the decoded module; it must not be changed.
func (m *Module) Wasm() *wasm.Module { panic("being written") }

// Extern is something that can be imported or exported: a *Func, *Table, *Memory or *Global.
type Extern interface{ Kind() wasm.ExternKind }

// Func is a function of an instance or of the host.
type Func struct{}

func (f *Func) Kind() wasm.ExternKind { return wasm.ExternFunc }

// Type returns the function's type.
func (f *Func) Type() wasm.FuncType { panic("being written") }

// Call calls the function. Errors are *Trap and *HostError, or an ordinary error if the arguments do not fit the type.
func (f *Func) Call(ctx context.Context, args ...Value) ([]Value, error) { panic("being written") }

// CallStack is Call without allocation: slots as in HostFunc.
func (f *Func) CallStack(ctx context.Context, stack []uint64) error { panic("being written") }

// Table is a table of references.
type Table struct{}

func (t *Table) Kind() wasm.ExternKind                        { return wasm.ExternTable }
func (rt *Runtime) NewTable(t wasm.TableType) (*Table, error) { panic("being written") }
func (t *Table) Type() wasm.TableType                         { panic("being written") }
func (t *Table) Len() uint64                                  { panic("being written") }
func (t *Table) Get(i uint64) (Value, error)                  { panic("being written") }
func (t *Table) Set(i uint64, v Value) error                  { panic("being written") }

// Memory is a linear memory.
type Memory struct{}

func (m *Memory) Kind() wasm.ExternKind { return wasm.ExternMemory }

// NewMemory returns a memory of the host, to be imported by guests.
func (rt *Runtime) NewMemory(t wasm.MemoryType) (*Memory, error) { panic("being written") }

// Size returns the size in bytes. It changes when the guest grows the memory.
func (m *Memory) Size() uint64 { panic("being written") }

// Slice returns the bytes [ptr, ptr+n), or false if any is outside the memory. The slice is valid until the guest runs
// again or the memory grows.
func (m *Memory) Slice(ptr, n uint64) ([]byte, bool) { panic("being written") }

// Grow grows the memory by pages and returns the old size in pages, or false if the limits forbid it.
func (m *Memory) Grow(pages uint64) (uint64, bool) { panic("being written") }

// Global is a global variable.
type Global struct{}

func (g *Global) Kind() wasm.ExternKind                                   { return wasm.ExternGlobal }
func (rt *Runtime) NewGlobal(t wasm.GlobalType, v Value) (*Global, error) { panic("being written") }
func (g *Global) Type() wasm.GlobalType                                   { panic("being written") }
func (g *Global) Get() Value                                              { panic("being written") }
func (g *Global) Set(v Value) error                                       { panic("being written") }

// Linker says what imports resolve to. Its zero value is ready. Later definitions of a name replace earlier ones.
type Linker struct{}

// Func defines a host function.
func (l *Linker) Func(module, name string, t wasm.FuncType, f HostFunc) { panic("being written") }

// Define defines anything else, or a function of an instance.
func (l *Linker) Define(module, name string, x Extern) { panic("being written") }

// Instance defines all exports of an instance under a module name.
func (l *Linker) Instance(module string, in *Instance) { panic("being written") }

// Resolver is asked for imports that the linker has no definition for; see Linker.Fallback. It returns nil for unknown.
// (type-dependent hostcalls and differential host functions need it)
func (l *Linker) Fallback(f func(imp *wasm.Import, t wasm.FuncType) HostFunc) { panic("being written") }

// Instance is an instantiated module.
type Instance struct{}

// Instantiate links and instantiates a module: it allocates, copies the active segments and runs the start function.
// Errors are *LinkError, *LimitError, *Trap and *HostError. l may be nil. After a *Trap or *HostError the instance is returned
// too, because what it wrote to imported tables and memories stays (specification 4.5.4).
func (rt *Runtime) Instantiate(ctx context.Context, m *Module, l *Linker) (*Instance, error) {
	panic("being written")
}

// Module returns the module that in was made of.
func (in *Instance) Module() *Module { panic("being written") }

// Call calls an exported function.
func (in *Instance) Call(ctx context.Context, name string, args ...Value) ([]Value, error) {
	panic("being written")
}

// Export returns what is exported under name, or nil.
func (in *Instance) Export(name string) Extern { panic("being written") }

// Memory returns memory 0 (imported or defined), or nil. Hostcalls use it.
func (in *Instance) Memory() *Memory { panic("being written") }

// Frames returns the calls in progress, innermost first; host functions use it to say who called.
func (in *Instance) Frames() []Frame { panic("being written") }
