package coverage

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// planted returns what of a source file no ordinary build has: what is done only if a planted bug is selected, which the compiler folds away. Where
// a condition asks whether a bug is not selected, all builds have what follows.
func planted(src []byte) ([]span, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var list []span
	add := func(from, to token.Pos) { list = append(list, span{placeOf(fset, from), placeOf(fset, to)}) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if needsBug(n.Cond) {
				add(n.Body.Pos(), n.Body.End())
			}
		case *ast.SwitchStmt:
			for _, c := range n.Body.List {
				c := c.(*ast.CaseClause)
				if len(c.List) > 0 && (isSelected(n.Tag) || n.Tag == nil && !slices.ContainsFunc(c.List, func(e ast.Expr) bool { return !needsBug(e) })) {
					add(c.Colon, c.End())
				}
			}
		}
		return true
	})
	return list, nil
}

// needsBug reports whether a condition holds only if a bug is selected.
func needsBug(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return needsBug(e.X)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return needsBug(e.X) || needsBug(e.Y)
		case token.LOR:
			return needsBug(e.X) && needsBug(e.Y)
		case token.EQL:
			return isSelected(e.X)
		}
	}
	return false
}

// isSelected reports whether an expression is planted.Selected.
func isSelected(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Selected" {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "planted"
}

// span is a part of a file.
type span struct{ from, to place }

// has reports whether p is within the span.
func (s span) has(p place) bool { return !p.before(s.from) && p.before(s.to) }

// place is a line and a column, from 1.
type place struct{ line, column int }

func (p place) before(q place) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

func placeOf(fset *token.FileSet, pos token.Pos) place {
	at := fset.Position(pos)
	return place{at.Line, at.Column}
}
