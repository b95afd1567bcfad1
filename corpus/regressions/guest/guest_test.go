package guest_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus/regressions/guest"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

const everything = `
memory 1 4 ; pages
table 2 8 funcref
global i64 -7
data 64 "te\x00xt{here}" data passive "later"
elem 0 ( f null ) elem externref passive ( null )
custom "name" "bytes"
import env log i:
start begin
func begin : { }
func f iI:i locals fV { block i32 local.get 0 i32.const 1 br_table ( repeat 3 ( 0 ) 0 ) end }
step plain :i { i32.const 5 i64.const -1 call f i32.const 4 i32.load8_u align=0 offset=3 i32.add }
step one fd_read *fd [ &buf:16 "out" 100:dir2 ] &n
step two 10 * path_open dir follow "a" creat|trunc read|write 0 0 &fd then fd_close *fd
step three poll_oneoff { u64:1 u8:1 pad:7 u32:*fd u16:2 } &ev:32 1 &n
step exit proc_exit 3
step vectors :i { v128.const 1 2 v128.const 3 4 i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 i32x4.extract_lane 2 }
`

func build(t *testing.T, text string, opts guest.Options) (*guest.Guest, *wasm.Module) {
	t.Helper()
	g, err := guest.Build(text, opts)
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(g.Module)
	if err != nil {
		t.Fatal(err)
	}
	if err := wasm.Validate(m); err != nil {
		t.Fatal(err)
	}
	return g, m
}

func TestModule(t *testing.T) {
	g, m := build(t, everything, guest.Options{FirstDir: 4, Replace: []string{"{here}", "!"}})
	if want := []string{"plain", "one", "two", "three", "exit", "vectors"}; !slices.Equal(g.Steps, want) || !g.WASI {
		t.Errorf("steps %q, WASI %v; want %q", g.Steps, g.WASI, want)
	}
	if got := string(m.Datas[0].Init); got != "te\x00xt!" {
		t.Errorf("data %q", got)
	}
	if len(m.Imports) != 6 || len(m.Elems) != 2 || m.Start == nil || len(m.Customs) != 1 {
		t.Errorf("%d imports, %d element segments, %d custom sections", len(m.Imports), len(m.Elems), len(m.Customs))
	}
	other, _ := build(t, everything, guest.Options{FirstDir: 3, Replace: []string{"{here}", "!"}})
	if bytes.Equal(g.Module, other.Module) {
		t.Error("the descriptor of the first directory makes no difference")
	}
}

func TestBinary(t *testing.T) {
	g, err := guest.Build(`binary "\x00asm" 01 ; version
		{ 05 repeat 2 ( u:300 s:-1 { } ) }`, guest.Options{})
	want := []byte("\x00asm\x01\x09\x05\xac\x02\x7f\x00\xac\x02\x7f\x00")
	if err != nil || !bytes.Equal(g.Module, want) {
		t.Errorf("% x, %v; want % x", g.Module, err, want)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"memory":                               "the text ends too early",
		"memory 1\nmemoir 2":                   `line 2: "memoir" is no item`,
		"func f :i { i32.cost 1 }":             `"i32.cost" is no instruction`,
		"func f :i { i32.const 1":              `"}" is missing`,
		"func f :i { call g }":                 `there is no function "g"`,
		"func f : { } func f : { }":            `two functions "f"`,
		"func f :q { }":                        "stands for no type",
		"func f i { }":                         "has a colon",
		"func f : { repeat 0 ( nop ) }":        "repeat 0",
		"func f : { repeat 99999999 ( nop ) }": "must be between",
		"func f : { br_table ( ) }":            "needs a default label",
		"step s path_open dir x":               `"x" stands for no number`,
		"step s fd_close *fd then fd":          "a hostcall is expected",
		"step s fd_close &b:many":              "no size",
		"step s poll_oneoff { u9:1 } 0 1 0":    "no type of a field",
		"data 0 text":                          "no item",
		`data 0 "open`:                         "invalid syntax",
		"binary 0":                             "two hexadecimal digits",
		"binary u:x":                           "is no number",
		"binary { 00":                          `"}" is missing`,
		"global i65 0":                         "no type of a value",
	} {
		if g, err := guest.Build(text, guest.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want an error with %q", text, g, err, want)
		}
	}
}
