package main

import (
	"flag"
	"fmt"
	"io"
	"sort"
	"strconv"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

var dumpCommand = &command{
	name:     "dump",
	synopsis: "[flags] file.wasm",
	short:    "list what is in a module, and the register code that is made of it",
	long: `
Dump lists the items of a module and the instructions of its functions, each with its offset in the file. The listing follows
the text format but is not meant to be parsed.

With -registers the register code that the runtime executes stands beside the instructions that it comes from: the word that each
register instruction begins at, counted from its function's header, r7 for slot 7 of the frame, and ->12 for the instruction at
word 12. An instruction with "--" beside it has no register code of its own: its neighbours do its work, it only says where a
value is, or it is never reached. Beside a function stand the slots of its frame.

-func shows one function: by its index, the name that the module gives it, or the name of an export.

Exit status: 0; 2 for wrong usage, an unreadable or malformed module, and with -registers an invalid one.

examples:
  touchstone dump lib.wasm
  touchstone dump -registers -func add lib.wasm
`,
	flags: dumpFlags,
}

func dumpFlags(fs *flag.FlagSet) func(args []string, s streams) (int, error) {
	registers := fs.Bool("registers", false, "show the register code beside the instructions")
	only := fs.String("func", "", "show only the function with the index or the name `F`")
	return func(args []string, s streams) (int, error) {
		if len(args) != 1 {
			return 0, usagef("%d files to list, want one", len(args))
		}
		if err := dump(s.out, args[0], *registers, *only); err != nil {
			return 0, fmt.Errorf("%s: %w", args[0], err)
		}
		return statusOK, nil
	}
}

// dump lists the module in the file path, or only the function with an index or name.
func dump(w io.Writer, path string, registers bool, only string) error {
	src, err := readModule(path, nil)
	if err != nil {
		return err
	}
	m, err := wasm.Decode(src)
	if err != nil {
		return err
	}
	l := new(wasm.Listing)
	if only != "" {
		if l.Only, err = findFunc(m, only); err != nil {
			return err
		}
	}
	if registers {
		code, err := lower.Module(m, lower.All)
		if err != nil {
			return err
		}
		r := &registerCode{m: m, code: code, imports: uint32(m.ImportedFuncs())}
		l.Heading, l.Beside = r.heading, r.beside
	}
	return l.Disassemble(w, m)
}

// findFunc returns the index of the function that a module defines under an index or a name.
func findFunc(m *wasm.Module, name string) (*uint32, error) {
	index, err := strconv.ParseUint(name, 0, 32)
	imported, names := uint64(m.ImportedFuncs()), m.FuncNames()
	for i := uint64(0); err != nil && i < imported+uint64(len(m.Funcs)); i++ {
		if names[uint32(i)] == name {
			index, err = i, nil
		}
	}
	for _, x := range m.Exports {
		if err != nil && x.Kind == wasm.ExternFunc && x.Name == name {
			index, err = uint64(x.Index), nil
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("-func: the module has no function %q", name)
	case index < imported:
		return nil, fmt.Errorf("-func: function %d is imported, and has no code here", index)
	case index >= imported+uint64(len(m.Funcs)):
		return nil, fmt.Errorf("-func: function %d is not there: the last one has the index %d", index, imported+uint64(len(m.Funcs))-1)
	}
	x := uint32(index)
	return &x, nil
}

// registerCode tells the register code of the instructions of a module, function by function and in their order.
type registerCode struct {
	m       *wasm.Module
	code    *isa.Code
	imports uint32
	body    wasm.Expr // of the function that is being listed
	f       isa.Func
	pos     []isa.Pos // of the rest of its code
	next    uint32    // word behind what was listed
}

// heading begins with a function.
func (r *registerCode) heading(index uint32) string {
	r.body, r.f = r.m.Funcs[index-r.imports].Body, r.code.Funcs[index-r.imports]
	first := sort.Search(len(r.code.Pos), func(i int) bool { return r.code.Pos[i].Word > r.f.Entry })
	last := sort.Search(len(r.code.Pos), func(i int) bool { return r.code.Pos[i].Word >= r.f.End })
	r.pos = r.code.Pos[first:last]
	h := isa.Header(r.code.Words[r.f.Entry])
	return fmt.Sprintf("      frame %d, params %d, cleared %d", h.Frame(), h.Params(), h.Zero())
}

// beside returns the register code of an instruction.
func (r *registerCode) beside(in *wasm.Instr) (lines []string) {
	for len(r.pos) > 0 && int(r.pos[0].Offset) == in.Offset {
		end := r.f.End
		if len(r.pos) > 1 {
			end = r.pos[1].Word
		}
		for word := max(r.pos[0].Word, r.next); word < end; { // the store of a Move begins inside it
			line, words := isa.Text(r.code, r.f, word)
			lines = append(lines, fmt.Sprintf("%4d  %s", word-r.f.Entry, line))
			word += words
			r.next = word
		}
		r.pos = r.pos[1:]
	}
	if inBody := in.Offset >= r.body.Offset && in.Offset < r.body.Offset+len(r.body.Code); lines == nil && inBody {
		lines = []string{"  --"}
	}
	return lines
}
