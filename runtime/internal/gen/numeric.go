package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// numericFunc is a function of package numeric, ready to be written into the loop.
type numericFunc struct {
	name    string
	generic []string // constraints of the type parameters, named in types
	params  []string // types of a, b, …
	result  string   // type of the value
	traps   bool     // returns a trap code too
	inline  bool     // the body has inline form: guards and one return, without calls in machine code
	guards  []guard
	value   string // the expression that is returned at the end
	imports []string
}

// guard is one "if cond { return v, trap }" of a function in inline form; trap is empty for a guard that returns a value.
type guard struct{ cond, value, trap string }

// intrinsics are the functions that compile to instructions on all architectures, without a call.
var intrinsics = map[string]bool{
	"math.Float32bits": true, "math.Float32frombits": true, "math.Float64bits": true, "math.Float64frombits": true,
	"math.Sqrt":           true,
	"bits.LeadingZeros32": true, "bits.LeadingZeros64": true, "bits.TrailingZeros32": true, "bits.TrailingZeros64": true,
	"bits.RotateLeft32": true, "bits.RotateLeft64": true,
}

// conversions are the types whose names may be called.
var conversions = map[string]bool{
	"T": true, "R": true, // the type parameters of functions of lanes
	"int8": true, "int16": true, "int32": true, "int64": true, "int": true,
	"uint8": true, "uint16": true, "uint32": true, "uint64": true, "float32": true, "float64": true,
}

// parseNumeric reads the exported functions of package numeric.
func parseNumeric(dir string) (map[string]*numericFunc, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	fset, funcs := token.NewFileSet(), map[string]*numericFunc{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() {
				funcs[fn.Name.Name] = parseFunc(fset, fn)
			}
		}
	}
	return funcs, nil
}

func parseFunc(fset *token.FileSet, fn *ast.FuncDecl) *numericFunc {
	f := &numericFunc{name: fn.Name.Name}
	if fn.Type.TypeParams != nil {
		for _, p := range fn.Type.TypeParams.List {
			f.generic = append(f.generic, text(fset, p.Type))
		}
	}
	for _, p := range fn.Type.Params.List {
		for range p.Names {
			f.params = append(f.params, text(fset, p.Type))
		}
	}
	results := fn.Type.Results.List
	f.result, f.traps = text(fset, results[0].Type), len(results) == 2
	f.inline = f.parseBody(fset, fn.Body.List)
	return f
}

// parseBody fills in the guards and the value, and reports whether the body has inline form.
func (f *numericFunc) parseBody(fset *token.FileSet, body []ast.Stmt) bool {
	for i, stmt := range body {
		if i == len(body)-1 {
			ret, ok := stmt.(*ast.ReturnStmt)
			if !ok || !f.plain(fset, ret.Results[0]) {
				return false
			}
			f.value = text(fset, ret.Results[0])
			return !f.traps || text(fset, ret.Results[1]) == "wasm.NoTrap"
		}
		cond, ok := stmt.(*ast.IfStmt)
		if !ok || cond.Init != nil || cond.Else != nil || len(cond.Body.List) != 1 || !f.plain(fset, cond.Cond) {
			return false
		}
		ret, ok := cond.Body.List[0].(*ast.ReturnStmt)
		if !ok || !f.plain(fset, ret.Results[0]) {
			return false
		}
		g := guard{cond: text(fset, cond.Cond), value: text(fset, ret.Results[0])}
		if f.traps {
			if g.trap = text(fset, ret.Results[1]); g.trap == "wasm.NoTrap" {
				g.trap = ""
			}
		}
		f.guards = append(f.guards, g)
	}
	return false
}

// plain reports whether an expression calls nothing but conversions and intrinsics, and uses no names but those of
// parameters, constants of package math and literals.
func (f *numericFunc) plain(fset *token.FileSet, e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := text(fset, n.Fun)
			if !intrinsics[name] && !conversions[name] {
				ok = false
			}
		case *ast.SelectorExpr:
			f.imports = append(f.imports, text(fset, n.X))
			return false
		case *ast.FuncLit, *ast.CompositeLit:
			ok = false
		case *ast.Ident:
			if !strings.Contains("abcd", n.Name) && n.Name != "true" && n.Name != "false" && !conversions[n.Name] {
				ok = false
			}
		}
		return ok
	})
	return ok
}

func text(fset *token.FileSet, n ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, n); err != nil {
		panic(fmt.Sprint("gen: ", err))
	}
	return b.String()
}
