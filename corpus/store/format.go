// Package store reads and writes folders of inputs: as raw bytes, a file for each, as they are in the corpus and as libFuzzer has them; in the
// format of Go's fuzzing engine; and in an envelope that outlives a change of the generators.
package store

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
)

// goHeader is the first line of a file of Go's fuzzing engine.
const goHeader = "go test fuzz v1\n"

// IsGo reports whether data is a file of Go's fuzzing engine. An input that begins with the same words would be taken for one.
func IsGo(data []byte) bool {
	return bytes.HasPrefix(bytes.ReplaceAll(data[:min(len(data), 64)], []byte("\r\n"), []byte("\n")), []byte(goHeader))
}

// FormatGo returns the file of Go's fuzzing engine for an input of a target that takes one []byte.
func FormatGo(input []byte) []byte { return fmt.Appendf(nil, "%s[]byte(%q)\n", goHeader, input) }

// ParseGo returns the input in a file of Go's fuzzing engine. It must be the only argument, a []byte or a string.
func ParseGo(file []byte) ([]byte, error) {
	if !IsGo(file) {
		return nil, fmt.Errorf("the first line is not %q", goHeader[:len(goHeader)-1])
	}
	_, rest, _ := bytes.Cut(file, []byte("\n"))
	expr, err := parser.ParseExprFrom(token.NewFileSet(), "", bytes.TrimSpace(rest), 0)
	if err != nil {
		return nil, fmt.Errorf("the second line is no value: %w", err)
	}
	call, ok := expr.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !isBytes(call.Fun) {
		return nil, errors.New("the value is neither []byte(…) nor string(…)")
	}
	text, ok := call.Args[0].(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return nil, errors.New("the value is no string")
	}
	s, err := strconv.Unquote(text.Value)
	return []byte(s), err
}

// isBytes reports whether an expression is the type []byte or string.
func isBytes(e ast.Expr) bool {
	if name, ok := e.(*ast.Ident); ok {
		return name.Name == "string"
	}
	array, ok := e.(*ast.ArrayType)
	if !ok || array.Len != nil {
		return false
	}
	name, ok := array.Elt.(*ast.Ident)
	return ok && name.Name == "byte"
}
