package workload

// specLike are computations of the kinds of some of SPEC's programs, for those who do not have SPEC: small, and our own. They are none of
// SPEC's programs, and their times no results of SPEC.
var specLike = []struct {
	name, doc  string
	arg, small uint32
	build      func(n *nest) ([]part, integer)
}{
	{"flow", "the cheapest flow through a network, path by path: of the kind of mcf, pointers and comparisons", 60, 4, flow},
	{"su3", "products of complex matrices of three rows on a lattice: of the kind of milc", 1500, 8, su3},
	{"lattice", "a fluid in two dimensions and nine directions: of the kind of lbm, a stencil with much arithmetic", 44, 6, lattice},
	{"pathfind", "the shortest way through a maze with a heap of places: of the kind of astar, branches", 70, 6, pathfind},
	{"pairs", "forces between atoms that are near enough: of the kind of namd, floats and a branch", 180, 8, pairs},
}

// random makes v the next of a sequence of numbers, the same each time.
func random(v variable) part { return v.set(add(mul(v.integer, k(1103515245)), k(12345))) }

// below returns a number below a bound that follows from v.
func below(v variable, bound int32) integer {
	return rem(and(rotl(v.integer, k(16)), k(0x7fff)), k(bound))
}

// flow sends units from the first vertex of a network to the last, each by the cheapest path that has room left, found as Bellman and
// Ford do. An edge and its reverse stand next to each other.
func flow(n *nest) ([]part, integer) {
	const perVertex, most, far = 4, 80, 1 << 28
	N := n.arg.integer
	tail, head, room, cost := n.array(2*perVertex*most), n.array(2*perVertex*most), n.array(2*perVertex*most), n.array(2*perVertex*most)
	dist, via := n.array(most), n.array(most)
	seed, i, j, e, edges, total, changed, v := n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.integer()
	E := e.integer
	edge := func(at, from, to, space, price integer) part {
		return seq(tail.putInt(at, from), head.putInt(at, to), room.putInt(at, space), cost.putInt(at, price))
	}
	build := seq(seed.set(k(7)), edges.set(k(0)), each(i, k(0), N, each(j, k(0), k(perVertex),
		random(seed), v.set(rem(add(i.integer, add(k(1), below(seed, 9))), N)), random(seed),
		edge(edges.integer, i.integer, v.integer, add(k(1), below(seed, 3)), add(k(1), below(seed, 50))),
		edge(add(edges.integer, k(1)), v.integer, i.integer, k(0), sub(k(0), cost.intAt(edges.integer))),
		edges.set(add(edges.integer, k(2))))))
	nearer := and(lt(k(0), room.intAt(E)), lt(add(dist.intAt(tail.intAt(E)), cost.intAt(E)), dist.intAt(head.intAt(E))))
	search := seq(each(i, k(0), N, dist.putInt(i.integer, k(far))), dist.putInt(k(0), k(0)), changed.set(k(1)),
		while(changed.integer, changed.set(k(0)), each(e, k(0), edges.integer, when(nearer,
			dist.putInt(head.intAt(E), add(dist.intAt(tail.intAt(E)), cost.intAt(E))), via.putInt(head.intAt(E), E), changed.set(k(1))))))
	last := sub(N, k(1))
	send := seq(total.set(add(total.integer, dist.intAt(last))), v.set(last), while(v.integer,
		e.set(via.intAt(v.integer)), room.putInt(E, sub(room.intAt(E), k(1))), room.putInt(xor(E, k(1)), add(room.intAt(xor(E, k(1))), k(1))),
		v.set(tail.intAt(E))))
	body := seq(build, search, while(lt(dist.intAt(last), k(far)), send, search))
	return []part{total.set(k(0)), when(lt(k(1), N), body)}, total.integer
}

// su3 multiplies the matrices of neighbours on a ring again and again.
func su3(n *nest) ([]part, integer) {
	const sites, words = 64, 18 // nine complex numbers
	u, v, h := n.array(sites*words), n.array(sites*words), n.integer()
	t, i, j, l, re, im := n.integer(), n.integer(), n.integer(), n.integer(), n.float(), n.float()
	site, next := n.integer(), n.integer()
	element := func(base variable, row, col integer, half int32) float {
		return u.at(add(add(base.integer, mul(add(mul(row, k(3)), col), k(2))), k(half)))
	}
	a := func(half int32) float { return element(site, i.integer, l.integer, half) }
	b := func(half int32) float { return element(next, l.integer, j.integer, half) }
	term := seq(re.set(plus(re.float, minus(times(a(0), b(0)), times(a(1), b(1))))), im.set(plus(im.float, plus(times(a(0), b(1)), times(a(1), b(0))))))
	place := add(site.integer, mul(add(mul(i.integer, k(3)), j.integer), k(2)))
	step := seq(site.set(mul(rem(t.integer, k(sites)), k(words))), next.set(mul(rem(add(t.integer, k(1)), k(sites)), k(words))),
		each(i, k(0), k(3), each(j, k(0), k(3), re.set(fc(0)), im.set(fc(0)), each(l, k(0), k(3), term),
			v.put(place, times(fc(0.5), re.float)), v.put(add(place, k(1)), times(fc(0.5), im.float)))),
		each(i, k(0), k(words), u.put(add(site.integer, i.integer), v.at(add(site.integer, i.integer)))))
	return []part{n.fill(u, k(sites*words), 7, 13), each(t, k(0), n.arg.integer, step), u.digest(n, h, k(sites*words))}, h.integer
}

// lattice lets a fluid stream and collide on a grid without an edge, by the method of Boltzmann with one time of relaxation.
func lattice(n *nest) ([]part, integer) {
	const directions, most, steps = 9, 64, 6
	N := n.arg.integer
	from, to, h := n.array(directions*most*most), n.array(directions*most*most), n.integer()
	t, x, y, cell := n.integer(), n.integer(), n.integer(), n.integer()
	rho, ux, uy, square, along := n.float(), n.float(), n.float(), n.float(), n.float()
	dx := [directions]int32{0, 1, 0, -1, 0, 1, -1, -1, 1}
	dy := [directions]int32{0, 0, 1, 0, -1, 1, 1, -1, -1}
	weight := [directions]float64{4. / 9, 1. / 9, 1. / 9, 1. / 9, 1. / 9, 1. / 36, 1. / 36, 1. / 36, 1. / 36}
	f := func(d int32) integer { return add(mul(cell.integer, k(directions)), k(d)) }
	moments := []part{cell.set(add(mul(y.integer, N), x.integer)), rho.set(fc(0)), ux.set(fc(0)), uy.set(fc(0))}
	var collide []part
	for d := range int32(directions) {
		moments = append(moments, rho.set(plus(rho.float, from.at(f(d)))), ux.set(plus(ux.float, times(fc(float64(dx[d])), from.at(f(d))))),
			uy.set(plus(uy.float, times(fc(float64(dy[d])), from.at(f(d))))))
		there := add(mul(rem(add(y.integer, add(N, k(dy[d]))), N), N), rem(add(x.integer, add(N, k(dx[d]))), N))
		still := times(times(fc(weight[d]), rho.float), plus(plus(fc(1), times(fc(3), along.float)), minus(times(fc(4.5), times(along.float, along.float)), square.float)))
		collide = append(collide, along.set(plus(times(fc(float64(dx[d])), ux.float), times(fc(float64(dy[d])), uy.float))),
			to.put(add(mul(there, k(directions)), k(d)), plus(times(fc(0.4), from.at(f(d))), times(fc(0.6), still))))
	}
	velocity := seq(ux.set(over(ux.float, rho.float)), uy.set(over(uy.float, rho.float)),
		square.set(times(fc(1.5), plus(times(ux.float, ux.float), times(uy.float, uy.float)))))
	all := mul(n.area(), k(directions))
	step := each(y, k(0), N, each(x, k(0), N, seq(moments...), velocity, seq(collide...)))
	i := n.integer()
	back := each(i, k(0), all, from.put(i.integer, to.at(i.integer)))
	return []part{n.fill(from, all, 7, 13), each(t, k(0), k(steps), step, back), from.digest(n, h, all)}, h.integer
}

// pairs adds up the forces of Lennard and Jones between atoms that are near enough, and moves the atoms.
func pairs(n *nest) ([]part, integer) {
	const most, steps = 200, 4
	N := n.arg.integer
	var at, force [3]array
	for d := range 3 {
		at[d], force[d] = n.array(most), n.array(most)
	}
	t, i, j, h := n.integer(), n.integer(), n.integer(), n.integer()
	var delta [3]floatVariable
	for d := range delta {
		delta[d] = n.float()
	}
	r2, inv, f := n.float(), n.float(), n.float()
	var setUp, clear, apart, push, move, sum []part
	for d := range 3 {
		setUp = append(setUp, n.fill(at[d], N, []int32{7, 11, 17}[d], 101), each(i, k(0), N, at[d].put(i.integer, times(fc(8), at[d].at(i.integer)))))
		clear = append(clear, force[d].put(i.integer, fc(0)))
		apart = append(apart, delta[d].set(minus(at[d].at(i.integer), at[d].at(j.integer))))
		push = append(push, force[d].put(i.integer, plus(force[d].at(i.integer), times(f.float, delta[d].float))),
			force[d].put(j.integer, minus(force[d].at(j.integer), times(f.float, delta[d].float))))
		move = append(move, at[d].put(i.integer, plus(at[d].at(i.integer), times(fc(1e-6), force[d].at(i.integer)))))
		sum = append(sum, at[d].digest(n, h, N))
	}
	square := func(d int) float { return times(delta[d].float, delta[d].float) }
	near := seq(inv.set(over(fc(1), plus(r2.float, fc(0.25)))), f.set(times(times(inv.float, inv.float), inv.float)),
		f.set(times(times(fc(24), inv.float), minus(times(fc(2), times(f.float, f.float)), f.float))), seq(push...))
	inside := seq(seq(apart...), r2.set(plus(plus(square(0), square(1)), square(2))), when(less(r2.float, fc(12)), near))
	step := seq(each(i, k(0), N, clear...), each(i, k(0), N, each(j, k(0), i.integer, inside)), each(i, k(0), N, move...))
	return append(append(setUp, each(t, k(0), k(steps), step)), sum...), h.integer
}
