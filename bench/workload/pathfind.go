package workload

// pathfind finds the cheapest ways from corner to corner of a maze of fields with prices, as A* does: a heap has the fields at the border of
// what is known, by what they have cost and what they will at least cost.
func pathfind(n *nest) ([]part, integer) {
	const most, far, rounds = 80, 1 << 28, 3
	N := n.arg.integer
	price, spent := n.array(most*most), n.array(most*most)
	keys, fields := n.array(8*most*most), n.array(8*most*most) // of the heap, whose top has the number 1
	seed, round, i, count, at, here, total := n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.integer()
	key, child, x, y, there, cost := n.integer(), n.integer(), n.integer(), n.integer(), n.integer(), n.integer()
	parent := div(at.integer, k(2))
	// push puts a field into the heap: those above with larger keys move down.
	push := func(field, value integer) part {
		return seq(key.set(value), count.set(add(count.integer, k(1))), at.set(count.integer),
			while(and(lt(k(1), at.integer), lt(key.integer, keys.intAt(parent))),
				keys.putInt(at.integer, keys.intAt(parent)), fields.putInt(at.integer, fields.intAt(parent)), at.set(parent)),
			keys.putInt(at.integer, key.integer), fields.putInt(at.integer, field))
	}
	// pop takes the field with the least key: the last one moves down from the top to its place.
	smaller := when(and(lt(child.integer, count.integer), lt(keys.intAt(add(child.integer, k(1))), keys.intAt(child.integer))), child.set(add(child.integer, k(1))))
	last := n.integer()
	pop := seq(here.set(fields.intAt(k(1))), key.set(keys.intAt(count.integer)), last.set(fields.intAt(count.integer)), count.set(sub(count.integer, k(1))),
		at.set(k(1)), child.set(k(2)), smaller,
		while(and(lt(child.integer, add(count.integer, k(1))), lt(keys.intAt(child.integer), key.integer)),
			keys.putInt(at.integer, keys.intAt(child.integer)), fields.putInt(at.integer, fields.intAt(child.integer)),
			at.set(child.integer), child.set(mul(at.integer, k(2))), smaller),
		keys.putInt(at.integer, key.integer), fields.putInt(at.integer, last.integer))
	visit := func(dx, dy int32) part {
		return seq(x.set(add(rem(here.integer, N), k(dx))), y.set(add(div(here.integer, N), k(dy))),
			when(and(and(lt(k(-1), x.integer), lt(x.integer, N)), and(lt(k(-1), y.integer), lt(y.integer, N))),
				there.set(add(mul(y.integer, N), x.integer)), cost.set(add(spent.intAt(here.integer), price.intAt(there.integer))),
				when(lt(cost.integer, spent.intAt(there.integer)), spent.putInt(there.integer, cost.integer),
					push(there.integer, add(cost.integer, sub(mul(k(2), N), add(x.integer, y.integer)))))))
	}
	goal := sub(n.area(), k(1))
	search := seq(each(i, k(0), n.area(), random(seed), price.putInt(i.integer, add(k(1), below(seed, 40))), spent.putInt(i.integer, k(far))),
		spent.putInt(k(0), k(0)), count.set(k(0)), push(k(0), k(0)), here.set(k(-1)),
		while(and(lt(k(0), count.integer), xor(eq(here.integer, goal), k(1))), pop, visit(1, 0), visit(-1, 0), visit(0, 1), visit(0, -1)),
		total.set(add(mul(total.integer, k(31)), spent.intAt(goal))))
	return []part{seed.set(k(3)), total.set(k(0)), when(lt(k(0), N), each(round, k(0), k(rounds), search))}, total.integer
}
