package wasm

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
)

// Disassemble writes a listing of m for people: every item of the module, and every instruction on a line of its own
// with its offset in the module, indented by nesting. The form follows the text format but is not meant to be parsed.
// It returns the first error of w, or a [*MalformedError] for code of a module that was built and is not well-formed.
func Disassemble(w io.Writer, m *Module) error { return DisassembleWith(w, m, nil) }

// DisassembleWith is [Disassemble] with notes: after each line of an instruction, note may write lines of its own about it. It must
// not keep the instruction.
func DisassembleWith(w io.Writer, m *Module, note func(w io.Writer, in *Instr)) error {
	d := &disassembler{w: bufio.NewWriter(w), m: m, names: m.FuncNames(), note: note}
	d.line(0, "module")
	d.types()
	d.imports()
	d.functions()
	d.definitions()
	d.segments()
	for i := range m.Customs {
		d.line(1, "custom %q: %d bytes", m.Customs[i].Name, len(m.Customs[i].Data))
	}
	if err := d.w.Flush(); err != nil {
		return err
	}
	return d.err
}

// disassembler is the state of one call of [Disassemble].
type disassembler struct {
	w     *bufio.Writer // keeps its first error until Flush
	m     *Module
	names map[uint32]string
	in    Instr
	note  func(w io.Writer, in *Instr)
	err   error // the first error of a reader
}

// noOffset stands in the column of offsets.
const noOffset = "          "

// maxIndent bounds the indentation: deep nesting must not make the listing grow with the square of the module.
const maxIndent = 40

func (d *disassembler) line(depth int, format string, args ...any) {
	d.w.WriteString(noOffset)
	d.text(depth, format, args...)
}

func (d *disassembler) text(depth int, format string, args ...any) {
	for range min(depth, maxIndent) {
		d.w.WriteString("  ")
	}
	fmt.Fprintf(d.w, format, args...)
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

// typeUse describes a type by its index, which may be wrong.
func (d *disassembler) typeUse(x uint32) string {
	if uint64(x) >= uint64(len(d.m.Types)) {
		return unknown("type", uint64(x))
	}
	return fmt.Sprintf("type %d", x)
}

func (d *disassembler) functions() {
	imported := d.m.ImportedFuncs()
	for i := range d.m.Funcs {
		f := &d.m.Funcs[i]
		d.line(1, "func %s: %s", d.funcName(uint32(imported+i)), d.typeUse(f.Type))
		for _, run := range f.Locals {
			d.line(2, "local %s × %d", run.Type, run.Count)
		}
		d.code(f.Body)
	}
}

func (d *disassembler) funcName(x uint32) string {
	if name, ok := d.names[x]; ok {
		return fmt.Sprintf("%d %q", x, name)
	}
	return fmt.Sprint(x)
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
		d.line(1, "start: func %s", d.funcName(*d.m.Start))
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
			d.line(2, "func %s", d.funcName(f))
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
		fmt.Fprintf(d.w, "%#8x  ", d.in.Offset)
		d.text(max(depth, 2), "%s%s", d.in.Op, d.immediates())
		if d.note != nil {
			d.note(d.w, &d.in)
		}
		switch d.in.Op {
		case OpBlock, OpLoop, OpIf, OpElse:
			depth++
		}
	}
}

// immediates describes the immediates of the current instruction, each after a space.
func (d *disassembler) immediates() string {
	var s strings.Builder
	n := 0
	for _, kind := range d.in.Op.Info().Imms {
		x := uint64(0)
		if n < len(d.in.Imm) {
			x = d.in.Imm[n]
		}
		switch kind {
		case ImmBlock:
			s.WriteString(d.blockType(d.in.Block()))
		case ImmLabels:
			fmt.Fprintf(&s, " %v", d.in.Labels)
			n--
		case ImmTypes:
			fmt.Fprintf(&s, " %s", joinTypes(d.in.Types))
			n--
		case ImmLane:
			fmt.Fprintf(&s, " %d", d.in.Lane)
			n--
		case ImmLanes:
			n++
			fmt.Fprintf(&s, " %v", d.in.Indexes())
		case ImmV128:
			n++
			fmt.Fprintf(&s, " i64x2 %#x %#x", x, d.in.Imm[n])
		case ImmFunc:
			fmt.Fprintf(&s, " %s", d.funcName(uint32(x)))
		case ImmMemarg:
			n++
			fmt.Fprintf(&s, " offset=%d align=%d", d.in.Imm[n], uint64(1)<<x)
		case ImmI32:
			fmt.Fprintf(&s, " %d", int32(x))
		case ImmI64:
			fmt.Fprintf(&s, " %d", int64(x))
		case ImmF32:
			fmt.Fprintf(&s, " %v (bits %#x)", math.Float32frombits(uint32(x)), x)
		case ImmF64:
			fmt.Fprintf(&s, " %v (bits %#x)", math.Float64frombits(x), x)
		case ImmRefType:
			fmt.Fprintf(&s, " %s", ValType(x))
		default:
			fmt.Fprintf(&s, " %d", x)
		}
		n++
	}
	return s.String()
}

func (d *disassembler) blockType(b BlockType) string {
	if b >= 0 {
		return " " + d.typeUse(uint32(b))
	}
	if t, ok := b.Result(); ok {
		return " -> (" + t.String() + ")"
	}
	return ""
}
