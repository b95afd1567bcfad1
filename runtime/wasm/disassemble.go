package wasm

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Disassemble writes a listing of m for people: every item of the module, and every instruction on a line of its own
// with its offset in the module, indented by nesting. The form follows the text format but is not meant to be parsed.
// It returns the first error of w, or a [*MalformedError] for code of a module that was built and is not well-formed.
func Disassemble(w io.Writer, m *Module) error { return new(Listing).Disassemble(w, m) }

// Listing says what a listing shows. The zero value is everything of the module and nothing else.
type Listing struct {
	// Only is the index of the one function that is shown; nil means the whole module.
	Only *uint32
	// Heading returns what stands beside the first line of a function, and Beside what stands beside an instruction: lines, the
	// first on the instruction's own. They may be nil, and must not keep the instruction.
	Heading func(index uint32) string
	Beside  func(in *Instr) []string
}

// Disassemble is [Disassemble] as l says. It writes as it goes, so that the size of the listing does not matter.
func (l *Listing) Disassemble(w io.Writer, m *Module) error {
	d := &disassembler{w: bufio.NewWriter(w), Listing: l, Formatter: NewFormatter(m)}
	if l.Only == nil {
		d.module()
	} else {
		d.functions()
	}
	if err := d.w.Flush(); err != nil {
		return err
	}
	return d.err
}

// disassembler is the state of one call of [Listing.Disassemble].
type disassembler struct {
	*Listing
	*Formatter
	w   *bufio.Writer // keeps its first error until Flush
	in  Instr
	err error // the first error of a reader
}

// besideColumn is where the text beside a line begins, if the line is not longer.
const besideColumn = 60

func (d *disassembler) module() {
	d.line(0, "module")
	d.types()
	d.imports()
	d.functions()
	d.definitions()
	d.segments()
	for i := range d.m.Customs {
		d.line(1, "custom %q: %d bytes", d.m.Customs[i].Name, len(d.m.Customs[i].Data))
	}
}

// noOffset stands in the column of offsets.
const noOffset = "          "

// maxIndent bounds the indentation: deep nesting must not make the listing grow with the square of the module.
const maxIndent = 40

func (d *disassembler) line(depth int, format string, args ...any) {
	d.text(noOffset, depth, fmt.Sprintf(format, args...), nil)
}

// text writes a line with what stands beside it.
func (d *disassembler) text(offset string, depth int, text string, beside []string) {
	line := offset + strings.Repeat("  ", min(depth, maxIndent)) + text
	d.w.WriteString(line)
	column := utf8.RuneCountInString(line)
	for i, b := range beside {
		if i > 0 {
			d.w.WriteByte('\n')
			column = 0
		}
		fmt.Fprintf(d.w, "%*s  %s", max(besideColumn-column, 0), "", b)
	}
	d.w.WriteByte('\n')
}

func (d *disassembler) types() {
	for i, t := range d.m.Types {
		d.line(1, "type %d: %s", i, t)
	}
}

func (d *disassembler) imports() {
	var next [ExternGlobal + 1]int
	for i := range d.m.Imports {
		im := &d.m.Imports[i]
		detail := ""
		switch im.Kind {
		case ExternFunc:
			detail = d.typeUse(im.Func)
		case ExternTable:
			detail = fmt.Sprintf("%s %s", im.Table.Elem, im.Table.Limits)
		case ExternMemory:
			detail = fmt.Sprintf("%s pages", im.Memory.Limits)
		case ExternGlobal:
			detail = im.Global.String()
		default:
			continue
		}
		d.line(1, "import %s %d: %q %q %s", im.Kind, next[im.Kind], im.Module, im.Name, detail)
		next[im.Kind]++
	}
}

func (d *disassembler) functions() {
	imported := d.m.ImportedFuncs()
	for i := range d.m.Funcs {
		f, index := &d.m.Funcs[i], uint32(imported+i)
		if d.Only != nil && *d.Only != index {
			continue
		}
		var beside []string
		if d.Heading != nil {
			beside = []string{d.Heading(index)}
		}
		d.text(noOffset, 1, fmt.Sprintf("func %s: %s", d.Func(index), d.typeUse(f.Type)), beside)
		for _, run := range f.Locals {
			d.line(2, "local %s × %d", run.Type, run.Count)
		}
		d.code(f.Body)
	}
}

func (d *disassembler) definitions() {
	imported := d.m.ImportedTables()
	for i, t := range d.m.Tables {
		d.line(1, "table %d: %s %s", imported+i, t.Elem, t.Limits)
	}
	imported = d.m.ImportedMemories()
	for i, t := range d.m.Memories {
		d.line(1, "memory %d: %s pages", imported+i, t.Limits)
	}
	imported = d.m.ImportedGlobals()
	for i := range d.m.Globals {
		d.line(1, "global %d: %s", imported+i, d.m.Globals[i].Type)
		d.code(d.m.Globals[i].Init)
	}
	for i := range d.m.Exports {
		e := &d.m.Exports[i]
		d.line(1, "export %q: %s %d", e.Name, e.Kind, e.Index)
	}
	if d.m.Start != nil {
		d.line(1, "start: func %s", d.Func(*d.m.Start))
	}
}

func (d *disassembler) segments() {
	for i := range d.m.Elems {
		s := &d.m.Elems[i]
		d.line(1, "elem %d: %s %s, %d elements", i, s.Mode, s.Type, len(s.Funcs)+len(s.Exprs))
		if s.Mode == Active {
			d.line(2, "table %d at", s.Table)
			d.code(s.Offset)
		}
		for _, f := range s.Funcs {
			d.line(2, "func %s", d.Func(f))
		}
		for _, e := range s.Exprs {
			d.code(e)
		}
	}
	for i := range d.m.Datas {
		s := &d.m.Datas[i]
		d.line(1, "data %d: %s, %d bytes", i, s.Mode, len(s.Init))
		if s.Mode == Active {
			d.line(2, "memory %d at", s.Memory)
			d.code(s.Offset)
		}
	}
}

// code lists the instructions of an expression.
func (d *disassembler) code(e Expr) {
	depth := 2
	for r := NewReader(e); ; {
		err := r.Next(&d.in)
		if err != nil {
			if err != io.EOF && d.err == nil {
				d.err = err
				d.line(depth, "%s", err)
			}
			return
		}
		switch d.in.Op {
		case OpEnd, OpElse:
			depth = max(depth-1, 1)
		}
		var beside []string
		if d.Beside != nil {
			beside = d.Beside(&d.in)
		}
		d.text(fmt.Sprintf("%#8x  ", d.in.Offset), max(depth, 2), d.Instr(&d.in), beside)
		switch d.in.Op {
		case OpBlock, OpLoop, OpIf, OpElse:
			depth++
		}
	}
}
