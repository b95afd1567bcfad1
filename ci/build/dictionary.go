package build

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// words is what a dictionary is made of.
type words map[string][]byte

// dictionaryOf says which words make sense in the inputs of a folder of the corpus. Inputs that are tapes of decisions have no words but
// numbers.
var dictionaryOf = map[string]func(words){
	"decode":   func(w words) { w.instructions(); w.imports(); w.lengths() },
	"validate": words.instructions,
	"lower":    words.instructions,
	"trace":    func(w words) { w.names(); w.opcodes() },
	"policy":   func(w words) { w.names() },
}

// Dictionary returns the dictionary of a target in the form of libFuzzer: the instructions and hostcalls of our tables, as far as they can
// stand in its inputs, and numbers at the edges of their encodings.
func Dictionary(t harness.Target) []byte {
	w := words{}
	if add := dictionaryOf[t.Corpus]; add != nil {
		add(w)
	}
	w.numbers()
	var b bytes.Buffer
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(w)) {
		if word := string(w[name]); !seen[word] && word != "" {
			seen[word] = true
			fmt.Fprintf(&b, "%s=\"%s\"\n", name, escaped(w[name]))
		}
	}
	return b.Bytes()
}

// escaped writes bytes as a dictionary takes them.
func escaped(word []byte) string {
	var b bytes.Buffer
	for _, c := range word {
		if c > ' ' && c < 0x7f && c != '"' && c != '\\' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "\\x%02X", c)
		}
	}
	return b.String()
}

// instructions adds each instruction in the binary format, with immediates of zero.
func (w words) instructions() {
	for op, info := range wasm.Ops() {
		in := wasm.Instr{Op: op}
		for _, imm := range info.Imms {
			switch imm {
			case wasm.ImmLabels:
				in.Labels = []uint32{0}
			case wasm.ImmTypes:
				in.Types = []wasm.ValType{wasm.I32}
			}
		}
		w["op_"+plain(info.Name)] = wasm.AppendInstr(nil, &in)
	}
}

// opcodes adds the names of instructions.
func (w words) opcodes() {
	for _, info := range wasm.Ops() {
		w["name_"+plain(info.Name)] = []byte(info.Name)
	}
}

// names adds the names of hostcalls.
func (w words) names() {
	for row := range wasi.Hostcalls() {
		w["hostcall_"+plain(row.ID())] = []byte(row.ID())
	}
}

// imports adds the names of hostcalls as they stand in the imports of a module.
func (w words) imports() {
	for row := range wasi.Hostcalls() {
		for _, name := range row.Names() {
			w["import_"+plain(name)] = append([]byte{byte(len(name))}, name...)
		}
	}
}

// edges are numbers at which something changes: the length of LEB128 encodings, signs, pages.
var edges = []uint64{0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0x1fff, 0x2000, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xffffffff,
	0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff}

// numbers adds the edges, little-endian.
func (w words) numbers() {
	for _, n := range edges {
		if n <= 0xffffffff {
			w[fmt.Sprintf("u32_%x", n)] = binary.LittleEndian.AppendUint32(nil, uint32(n))
		}
		w[fmt.Sprintf("u64_%x", n)] = binary.LittleEndian.AppendUint64(nil, n)
	}
}

// lengths adds the edges as LEB128.
func (w words) lengths() {
	for _, n := range edges {
		w[fmt.Sprintf("leb_s64_%x", n)] = wasm.AppendS64(nil, int64(n))
		if n <= 0xffffffff {
			w[fmt.Sprintf("leb_u32_%x", n)] = wasm.AppendU32(nil, uint32(n))
			w[fmt.Sprintf("leb_s32_%x", n)] = wasm.AppendS32(nil, int32(n))
		}
	}
}

// plain makes a name of letters, digits and underscores, as a dictionary needs it.
func plain(name string) string {
	return string(bytes.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, []byte(name)))
}
