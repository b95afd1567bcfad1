package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

var dumpCommand = &command{
	name:     "dump",
	synopsis: "[-registers] file.wasm",
	short:    "list what is in a module, and the register code that is made of it",
	long: `
Dump lists the items of a module and the instructions of its functions, each with its offset in the file. The listing follows
the text format but is not meant to be parsed.

With -registers the register code that the runtime executes stands below the instructions that it comes from: the word that each
register instruction begins at, counted from its function's header, r7 for slot 7 of the frame, and ->12 for the instruction at
word 12. An instruction without register code was fused with its neighbours, or only says where a value is.

Exit status: 0; 2 for wrong usage, an unreadable or malformed module, and with -registers an invalid one.

examples:
  touchstone dump lib.wasm
  touchstone dump -registers lib.wasm
`,
	flags: dumpFlags,
}

func dumpFlags(fs *flag.FlagSet) func(args []string, s streams) (int, error) {
	registers := fs.Bool("registers", false, "show the register code below the instructions")
	return func(args []string, s streams) (int, error) {
		if len(args) != 1 {
			return 0, usagef("%d files to list, want one", len(args))
		}
		if err := dump(s.out, args[0], *registers); err != nil {
			return 0, fmt.Errorf("%s: %w", args[0], err)
		}
		return statusOK, nil
	}
}

// dump lists the module in the file path.
func dump(w io.Writer, path string, registers bool) error {
	src, err := readModule(path)
	if err != nil {
		return err
	}
	m, err := wasm.Decode(src)
	if err != nil {
		return err
	}
	if !registers {
		return wasm.Disassemble(w, m)
	}
	code, err := lower.Module(m, lower.All)
	if err != nil {
		return err
	}
	return wasm.DisassembleWith(w, m, registerNotes(code))
}

// registerNotes returns a function that writes the register code that comes from an instruction.
func registerNotes(code *isa.Code) func(w io.Writer, in *wasm.Instr) {
	type span struct {
		f         isa.Func
		word, end uint32
	}
	spans, next := map[int][]span{}, 0
	for _, f := range code.Funcs {
		for next < len(code.Pos) && code.Pos[next].Word < f.End {
			pos := code.Pos[next]
			next++
			s := span{f: f, word: max(pos.Word, f.Entry+1), end: f.End}
			if next < len(code.Pos) {
				s.end = min(f.End, code.Pos[next].Word)
			}
			spans[int(pos.Offset)] = append(spans[int(pos.Offset)], s)
		}
	}
	return func(w io.Writer, in *wasm.Instr) {
		for _, s := range spans[in.Offset] {
			for word := s.word; word < s.end; {
				line, words := isa.Text(code, s.f, word)
				fmt.Fprintf(w, "%40d  %s\n", word-s.f.Entry, line)
				word += words
			}
		}
	}
}
