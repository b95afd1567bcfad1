package workload

// polyhedral are loops over matrices and grids of the kinds that PolyBench is made of: linear algebra, stencils, dynamic programming. The
// loops are our own, from their textbook definitions.
var polyhedral = []struct {
	name, doc  string
	arg, small uint32
	build      func(n *nest) ([]part, integer)
}{
	{"gemm", "a product of matrices added to a third", 64, 6, gemm},
	{"twomm", "a product of three matrices", 52, 6, twomm},
	{"atax", "a matrix and its transpose times a vector", 300, 6, atax},
	{"mvt", "a matrix times a vector, and its transpose times another", 300, 6, mvt},
	{"gesummv", "two matrices times the same vector", 280, 6, gesummv},
	{"trisolv", "a triangular system of equations", 380, 6, trisolv},
	{"lu", "a matrix into two triangular ones", 84, 6, lu},
	{"cholesky", "a symmetric matrix into a triangular one and its transpose: square roots", 100, 6, cholesky},
	{"jacobi", "a stencil of five points from one grid to another", 64, 6, jacobi},
	{"seidel", "a stencil of nine points in place", 56, 6, seidel},
	{"floyd", "shortest paths between all vertices", 64, 6, floyd},
	{"nussinov", "the best pairing of a sequence: dynamic programming with integers", 80, 8, nussinov},
}

// The largest sizes; arguments are not larger.
const (
	polyMatrix = 400 * 400
	polyVector = 400
)

// square gives the element at row i, column j of a matrix of the argument's size.
func (n *nest) square(i, j integer) integer { return add(mul(i, n.arg.integer), j) }

// fill fills an array with fractions that follow from their places.
func (n *nest) fill(r array, size integer, factor, modulus int32) part {
	i := n.integer()
	return each(i, k(0), size, r.put(i.integer, over(floatOf(add(rem(mul(i.integer, k(factor)), k(modulus)), k(1))), fc(float64(modulus)))))
}

// area is the square of the argument.
func (n *nest) area() integer { return mul(n.arg.integer, n.arg.integer) }

// product adds factor × x × y to z, all matrices.
func (n *nest) product(z, x, y array, factor float64) part {
	i, j, l, sum := n.integer(), n.integer(), n.integer(), n.float()
	N := n.arg.integer
	return each(i, k(0), N, each(j, k(0), N,
		sum.set(z.at(n.square(i.integer, j.integer))),
		each(l, k(0), N, sum.set(plus(sum.float, times(times(fc(factor), x.at(n.square(i.integer, l.integer))), y.at(n.square(l.integer, j.integer)))))),
		z.put(n.square(i.integer, j.integer), sum.float)))
}

func gemm(n *nest) ([]part, integer) {
	x, y, z, h := n.array(polyMatrix), n.array(polyMatrix), n.array(polyMatrix), n.integer()
	return []part{n.fill(x, n.area(), 7, 13), n.fill(y, n.area(), 5, 11), n.fill(z, n.area(), 3, 17), n.product(z, x, y, 1.5), z.digest(n, h, n.area())}, h.integer
}

func twomm(n *nest) ([]part, integer) {
	x, y, z, h := n.array(polyMatrix), n.array(polyMatrix), n.array(polyMatrix), n.integer()
	t := n.array(polyMatrix)
	return []part{n.fill(x, n.area(), 7, 13), n.fill(y, n.area(), 5, 11), n.fill(z, n.area(), 3, 17), n.fill(t, n.area(), 0, 8), n.product(t, x, y, 1.25),
		n.product(z, t, x, 0.75), z.digest(n, h, n.area())}, h.integer
}

// rows sets y[i] to the sum of m[i][j]·x[j] + y[i], or of m[j][i]·x[j] if transposed.
func (n *nest) rows(y, m, x array, transposed bool) part {
	i, j, sum := n.integer(), n.integer(), n.float()
	at := n.square(i.integer, j.integer)
	if transposed {
		at = n.square(j.integer, i.integer)
	}
	N := n.arg.integer
	return each(i, k(0), N, sum.set(y.at(i.integer)), each(j, k(0), N, sum.set(plus(sum.float, times(m.at(at), x.at(j.integer))))), y.put(i.integer, sum.float))
}

func atax(n *nest) ([]part, integer) {
	m, x, t, y, h := n.array(polyMatrix), n.array(polyVector), n.array(polyVector), n.array(polyVector), n.integer()
	N := n.arg.integer
	return []part{n.fill(m, n.area(), 7, 13), n.fill(x, N, 5, 11), n.fill(t, N, 0, 2), n.fill(y, N, 0, 4), n.rows(t, m, x, false), n.rows(y, m, t, true),
		y.digest(n, h, N)}, h.integer
}

func mvt(n *nest) ([]part, integer) {
	m, x, y, u, v, h := n.array(polyMatrix), n.array(polyVector), n.array(polyVector), n.array(polyVector), n.array(polyVector), n.integer()
	N := n.arg.integer
	return []part{n.fill(m, n.area(), 7, 13), n.fill(x, N, 5, 11), n.fill(y, N, 3, 7), n.fill(u, N, 2, 9), n.fill(v, N, 4, 5), n.rows(x, m, u, false),
		n.rows(y, m, v, true), x.digest(n, h, N), y.digest(n, h, N)}, h.integer
}

func gesummv(n *nest) ([]part, integer) {
	p, q, x, y, z, h := n.array(polyMatrix), n.array(polyMatrix), n.array(polyVector), n.array(polyVector), n.array(polyVector), n.integer()
	i, N := n.integer(), n.arg.integer
	return []part{n.fill(p, n.area(), 7, 13), n.fill(q, n.area(), 5, 11), n.fill(x, N, 3, 7), n.fill(y, N, 0, 2), n.fill(z, N, 0, 2), n.rows(y, p, x, false),
		n.rows(z, q, x, false), each(i, k(0), N, y.put(i.integer, plus(times(fc(1.5), y.at(i.integer)), times(fc(1.2), z.at(i.integer))))), y.digest(n, h, N)}, h.integer
}

func trisolv(n *nest) ([]part, integer) {
	m, x, b, h := n.array(polyMatrix), n.array(polyVector), n.array(polyVector), n.integer()
	i, j, sum, N := n.integer(), n.integer(), n.float(), n.arg.integer
	return []part{n.fill(m, n.area(), 7, 13), n.fill(b, N, 3, 7), each(i, k(0), N,
		sum.set(b.at(i.integer)),
		each(j, k(0), i.integer, sum.set(minus(sum.float, times(times(fc(0.01), m.at(n.square(i.integer, j.integer))), x.at(j.integer))))),
		x.put(i.integer, over(sum.float, m.at(n.square(i.integer, i.integer))))), x.digest(n, h, N)}, h.integer
}

// heavy makes the diagonal of a matrix so large that no division fails, and the matrix symmetric.
func (n *nest) heavy(m array) part {
	i, j, N := n.integer(), n.integer(), n.arg.integer
	return each(i, k(0), N,
		each(j, k(0), i.integer, m.put(n.square(i.integer, j.integer), m.at(n.square(j.integer, i.integer)))),
		m.put(n.square(i.integer, i.integer), plus(floatOf(N), m.at(n.square(i.integer, i.integer)))))
}

func lu(n *nest) ([]part, integer) {
	m, h := n.array(polyMatrix), n.integer()
	i, j, l, f, N := n.integer(), n.integer(), n.integer(), n.float(), n.arg.integer
	next := add(l.integer, k(1))
	return []part{n.fill(m, n.area(), 7, 13), n.heavy(m), each(l, k(0), N, each(i, next, N,
		f.set(over(m.at(n.square(i.integer, l.integer)), m.at(n.square(l.integer, l.integer)))),
		m.put(n.square(i.integer, l.integer), f.float),
		each(j, next, N, m.put(n.square(i.integer, j.integer), minus(m.at(n.square(i.integer, j.integer)), times(f.float, m.at(n.square(l.integer, j.integer)))))))),
		m.digest(n, h, n.area())}, h.integer
}

func cholesky(n *nest) ([]part, integer) {
	m, h := n.array(polyMatrix), n.integer()
	i, j, l, sum, N := n.integer(), n.integer(), n.integer(), n.float(), n.arg.integer
	dot := func(row, col integer) part {
		return each(l, k(0), col, sum.set(minus(sum.float, times(m.at(n.square(row, l.integer)), m.at(n.square(col, l.integer))))))
	}
	return []part{n.fill(m, n.area(), 7, 13), n.heavy(m), each(i, k(0), N,
		each(j, k(0), i.integer, sum.set(m.at(n.square(i.integer, j.integer))), dot(i.integer, j.integer),
			m.put(n.square(i.integer, j.integer), over(sum.float, m.at(n.square(j.integer, j.integer))))),
		sum.set(m.at(n.square(i.integer, i.integer))), dot(i.integer, i.integer),
		m.put(n.square(i.integer, i.integer), root(sum.float))), m.digest(n, h, n.area())}, h.integer
}

// inner runs a part for all places of a grid that are not at its edge.
func (n *nest) inner(do func(at integer) part) part {
	i, j := n.integer(), n.integer()
	last := sub(n.arg.integer, k(1))
	return each(i, k(1), last, each(j, k(1), last, do(n.square(i.integer, j.integer))))
}

// gridSteps is how often a stencil goes over its grid.
const gridSteps = 20

func jacobi(n *nest) ([]part, integer) {
	x, y, h, t, N := n.array(polyMatrix), n.array(polyMatrix), n.integer(), n.integer(), n.arg.integer
	step := func(from, to array) part {
		return n.inner(func(at integer) part {
			sum := plus(plus(from.at(at), from.at(sub(at, k(1)))), plus(from.at(add(at, k(1))), plus(from.at(sub(at, N)), from.at(add(at, N)))))
			return to.put(at, times(fc(0.2), sum))
		})
	}
	return []part{n.fill(x, n.area(), 7, 13), n.fill(y, n.area(), 7, 13), each(t, k(0), k(gridSteps/2), step(x, y), step(y, x)), x.digest(n, h, n.area())}, h.integer
}

func seidel(n *nest) ([]part, integer) {
	x, h, t, N := n.array(polyMatrix), n.integer(), n.integer(), n.arg.integer
	row := func(at integer) float { return plus(plus(x.at(sub(at, k(1))), x.at(at)), x.at(add(at, k(1)))) }
	return []part{n.fill(x, n.area(), 7, 13), each(t, k(0), k(gridSteps), n.inner(func(at integer) part {
		return x.put(at, over(plus(plus(row(sub(at, N)), row(at)), row(add(at, N))), fc(9)))
	})), x.digest(n, h, n.area())}, h.integer
}

func floyd(n *nest) ([]part, integer) {
	m, h := n.array(polyMatrix), n.integer()
	i, j, l, N := n.integer(), n.integer(), n.integer(), n.arg.integer
	return []part{n.fill(m, n.area(), 37, 101), each(l, k(0), N, each(i, k(0), N, each(j, k(0), N,
		m.put(n.square(i.integer, j.integer), least(m.at(n.square(i.integer, j.integer)), plus(m.at(n.square(i.integer, l.integer)), m.at(n.square(l.integer, j.integer)))))))),
		m.digest(n, h, n.area())}, h.integer
}

// nussinov counts the most pairs of bases that add up to three, nested, in a sequence.
func nussinov(n *nest) ([]part, integer) {
	base, best := n.array(polyVector), n.array(polyMatrix)
	i, j, l, length, top, N := n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.arg.integer
	take := func(x integer) part { return when(lt(top.integer, x), top.set(x)) }
	at := func(i, j integer) integer { return best.intAt(n.square(i, j)) }
	I, J := i.integer, j.integer
	return []part{
		each(i, k(0), N, base.putInt(I, rem(mul(I, add(I, k(3))), k(4)))),
		each(i, k(0), n.area(), best.putInt(I, k(0))),
		each(length, k(1), N, each(i, k(0), sub(N, length.integer),
			j.set(add(I, length.integer)),
			top.set(at(add(I, k(1)), J)),
			take(at(I, sub(J, k(1)))),
			when(lt(k(1), length.integer), take(add(at(add(I, k(1)), sub(J, k(1))), eq(add(base.intAt(I), base.intAt(J)), k(3))))),
			each(l, add(I, k(1)), J, take(add(at(I, l.integer), at(add(l.integer, k(1)), J)))),
			best.putInt(n.square(I, J), top.integer))),
		top.set(k(0)), when(lt(k(0), N), top.set(at(k(0), sub(N, k(1))))),
	}, top.integer
}
