package numeric_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// carriers lists the Go types that may carry each letter of a signature.
var carriers = map[byte]string{
	'i': "uint32 int32",
	'I': "uint64 int64",
	'f': "float32 uint32",
	'F': "float64 uint64",
}

func carries(letter byte, goType string) bool {
	return goType != "" && strings.Contains(" "+carriers[letter]+" ", " "+goType+" ")
}

// parseFuncs returns the exported functions of the package by name.
func parseFuncs(t *testing.T) map[string]*ast.FuncDecl {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	funcs := map[string]*ast.FuncDecl{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.IsExported() {
				funcs[f.Name.Name] = f
			}
		}
	}
	return funcs
}

// fields returns the names and types of parameters or results, one element each.
func fields(list *ast.FieldList) (names, types []string) {
	for _, f := range list.List {
		typ := ""
		switch x := f.Type.(type) {
		case *ast.Ident:
			typ = x.Name
		case *ast.SelectorExpr:
			typ = x.Sel.Name
		}
		for _, n := range f.Names {
			names, types = append(names, n.Name), append(types, typ)
		}
		if f.Names == nil {
			types = append(types, typ)
		}
	}
	return names, types
}

// Every numeric row of the opcode table has its function with the signature of the row, and there are no others.
func TestFunctionsMatchTable(t *testing.T) {
	funcs := parseFuncs(t)
	rows := 0
	ofLanes := map[string]bool{}
	for op, info := range wasm.Ops() {
		if name := info.Lanes.Func; name != "" {
			ofLanes[name] = true
		}
		if !info.Class.IsNumeric() {
			continue
		}
		rows++
		name := isa.ConstName(op)
		f := funcs[name]
		if f == nil {
			t.Errorf("%s has no function %s", info.Name, name)
			continue
		}
		delete(funcs, name)
		checkSignature(t, info, f)
	}
	for name := range funcs {
		if ofLanes[name] {
			continue // the generator checks its signature
		}
		t.Errorf("function %s belongs to no row of the opcode table", name)
	}
	if rows == 0 {
		t.Error("the opcode table has no numeric rows")
	}
}

func checkSignature(t *testing.T, info *wasm.OpInfo, f *ast.FuncDecl) {
	in, out, _ := strings.Cut(info.Sig, ":")
	names, types := fields(f.Type.Params)
	if strings.Join(names, "") != "ab"[:len(in)] {
		t.Errorf("%s: parameters %v, want %d called a, b", info.Name, names, len(in))
		return
	}
	for i := range in {
		if !carries(in[i], types[i]) {
			t.Errorf("%s: parameter %s of type %s cannot carry %c", info.Name, names[i], types[i], in[i])
		}
	}
	_, results := fields(f.Type.Results)
	isBool := info.Class == wasm.ClassTest || info.Class == wasm.ClassCompare
	if isBool && results[0] != "bool" || !isBool && !carries(out[0], results[0]) {
		t.Errorf("%s: result of type %s", info.Name, results[0])
	}
	if traps := len(results) == 2 && results[1] == "TrapCode"; traps != (len(info.Traps) > 0) {
		t.Errorf("%s: results %v, but traps %v", info.Name, results, info.Traps)
	}
}
