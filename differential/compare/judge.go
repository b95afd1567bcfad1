package compare

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// Verdict is what came of comparing all engines on one module.
type Verdict struct {
	// Groups are the engines, as indices of the sides, that agree with each other, the one with the most voices first. Two or more
	// groups are a divergence. Sides that were left out are in none.
	Groups [][]int
	// Voices holds, for each group, how many engines are in it, all of one project counted once: they share what they get wrong.
	Voices []int
	// Rows are the places where engines differ, in the order in which they were come to.
	Rows []Row
	// Skipped holds, for each side, why it was not compared to the end; empty if it was.
	Skipped []Reason
	// Crashed and Hung are the sides whose engine died, or did not come back although another needed a
	// hundredth of the time.
	Crashed, Hung []int
	// Unread holds, for each side, the places that its engine has no way to see.
	Unread [][]string
}

// Row is one place where engines differ, with what each side saw there.
type Row struct {
	Where string
	Texts []string
	Odd   []bool // the side differs from the first of the largest group
}

// maxRows bounds the places of a divergence that are listed; what follows the first is mostly its consequence.
const maxRows = 12

// slowFactor is how much longer than another engine one may take before its time-out is called a hang. An interpreter
// without any optimisation stays well below it.
const slowFactor = 100

// Diverges reports whether two engines disagree.
func (v *Verdict) Diverges() bool { return len(v.Groups) > 1 }

// Complete reports whether every side was compared to the end.
func (v *Verdict) Complete() bool {
	return !slices.ContainsFunc(v.Skipped, func(r Reason) bool { return r != "" })
}

// Reason is the reason of the first side that was not compared to the end; empty if all were.
func (v *Verdict) Reason() Reason {
	for _, r := range v.Skipped {
		if r != "" {
			return r
		}
	}
	return ""
}

// Majority returns the group with the most voices, and whether no other has as many: if so, the others are probably wrong.
func (v *Verdict) Majority() ([]int, bool) {
	if len(v.Groups) == 0 {
		return nil, false
	}
	return v.Groups[0], len(v.Groups) == 1 || v.Voices[0] > v.Voices[1]
}

// voices counts the projects whose engines are in a group.
func voices(sides []Side, group []int) int {
	projects := map[string]bool{}
	for _, i := range group {
		projects[engine.ParseVariant(sides[i].Engine).Project()] = true
	}
	return len(projects)
}

// Judge compares all sides with each other. Needs gives the later proposals that the module needs, see [Needs], and is asked if an engine refuses
// what another accepts; nil means none. Timeout is what the job allowed.
func Judge(sides []Side, needs func() []Proposal, timeout time.Duration) *Verdict {
	v := &Verdict{Skipped: make([]Reason, len(sides)), Unread: make([][]string, len(sides))}
	leaveOut(v, sides, needs, timeout)
	j := &judge{v: v, sides: sides, obs: make([][]Observation, len(sides))}
	for i := range sides {
		if v.Skipped[i] == "" {
			j.obs[i] = Observe(&sides[i])
			j.takeIn(i)
		}
	}
	slices.SortStableFunc(v.Groups, func(a, b []int) int {
		return cmp.Or(voices(sides, b)-voices(sides, a), len(b)-len(a))
	})
	for _, group := range v.Groups {
		v.Voices = append(v.Voices, voices(sides, group))
	}
	if v.Diverges() {
		j.rows()
	}
	return v
}

// leaveOut finds the sides that cannot be compared at all.
func leaveOut(v *Verdict, sides []Side, needs func() []Proposal, timeout time.Duration) {
	var fastest time.Duration = -1 // of those that executed the module
	accepted := false              // by any engine; what all refuse, they agree on
	for i := range sides {
		r := sides[i].Result
		switch r.Stage {
		case engine.StageUnlinkable, engine.StageStart, engine.StageRun, engine.StageCompiled:
			accepted = true
		}
		if (r.Stage == engine.StageStart || r.Stage == engine.StageRun) && !timedOut(r) && (fastest < 0 || r.Elapsed < fastest) {
			fastest = r.Elapsed
		}
	}
	for i := range sides {
		r := sides[i].Result
		switch {
		case r.Stage == engine.StageCrash:
			v.Skipped[i], v.Crashed = Crash, append(v.Crashed, i)
		case timedOut(r) && fastest >= 0 && fastest*slowFactor < timeout:
			v.Skipped[i], v.Hung = Hang, append(v.Hung, i)
		case timedOut(r):
			v.Skipped[i] = Timeout
		case r.Stage.Inconclusive():
			v.Skipped[i] = poisonOfStage[r.Stage]
		case r.Stage == engine.StageRejected && accepted && needs != nil:
			if p := lacks(sides[i].Features, needs()); p != nil {
				v.Skipped[i] = p.reason()
			}
		}
	}
}

func timedOut(r *engine.Result) bool {
	if r.Stage == engine.StageHang || r.Stage == engine.StageStart && poisonOf[r.Trap] == Timeout {
		return true
	}
	return slices.ContainsFunc(r.Calls, func(c engine.CallResult) bool {
		return c.Outcome == engine.Trapped && poisonOf[c.Trap] == Timeout
	})
}

type judge struct {
	v     *Verdict
	sides []Side
	obs   [][]Observation
}

// takeIn compares side i with the groups so far, and puts it in the first whose every member it agrees with.
func (j *judge) takeIn(i int) {
	home := -1
	for g, group := range j.v.Groups {
		agrees := true
		for _, k := range group {
			agrees = agrees && len(j.pair(k, i).Differences) == 0
		}
		if agrees && home < 0 {
			home = g
		}
	}
	if home < 0 {
		j.v.Groups = append(j.v.Groups, []int{i})
	} else {
		j.v.Groups[home] = append(j.v.Groups[home], i)
	}
}

// pair compares two sides and notes which of them ended the comparison early, and what could not be seen.
func (j *judge) pair(a, b int) Outcome {
	out := pair(&j.sides[a], &j.sides[b], j.obs[a], j.obs[b])
	if out.PoisonA {
		j.v.Skipped[a] = out.Poison
	}
	if out.PoisonB {
		j.v.Skipped[b] = out.Poison
	}
	for _, where := range out.Unread {
		for _, k := range []int{a, b} {
			at := j.at(k, where)
			if at != nil && at.unread && !slices.Contains(j.v.Unread[k], where) {
				j.v.Unread[k] = append(j.v.Unread[k], where)
			}
		}
	}
	return out
}

func (j *judge) at(side int, where string) *Observation {
	for i := range j.obs[side] {
		if j.obs[side][i].Where == where {
			return &j.obs[side][i]
		}
	}
	return nil
}

// rows lists where the groups differ, each place with what every side saw.
func (j *judge) rows() {
	first := j.v.Groups[0][0]
	texts := map[string][]string{}
	var places []string
	for _, group := range j.v.Groups[1:] {
		for _, i := range group {
			for _, d := range j.pair(first, i).Differences {
				if texts[d.Where] == nil {
					texts[d.Where] = make([]string, len(j.sides))
					places = append(places, d.Where)
				}
				texts[d.Where][first], texts[d.Where][i] = d.A, d.B
			}
		}
	}
	slices.SortStableFunc(places, func(a, b string) int { return j.order(a) - j.order(b) })
	for _, where := range places[:min(len(places), maxRows)] {
		row := Row{Where: where, Texts: texts[where], Odd: make([]bool, len(j.sides))}
		for i := range j.sides {
			if o := j.at(i, where); row.Texts[i] != "" {
				row.Odd[i] = i != first
			} else if o != nil {
				row.Texts[i] = o.Text
			} else if j.obs[i] == nil {
				row.Texts[i] = string(j.v.Skipped[i])
			} else {
				row.Texts[i] = absent
			}
		}
		j.align(&row)
		j.v.Rows = append(j.v.Rows, row)
	}
}

// align shows the streams, and the memories whose bytes were kept, of a row from the same place on: the first where any two differ.
func (j *judge) align(row *Row) {
	var first []byte
	have, at := false, -1
	for i := range j.sides {
		bytes, ok := j.bytes(i, row.Where)
		switch {
		case !ok:
			continue
		case !have:
			first, have = bytes, true
		}
		if n := commonPrefix(string(first), string(bytes)); (n < len(first) || n < len(bytes)) && (at < 0 || n < at) {
			at = n
		}
	}
	for i := range j.sides {
		if bytes, ok := j.bytes(i, row.Where); ok && at >= 0 {
			if row.Texts[i] = describe(bytes, at); !j.at(i, row.Where).stream {
				row.Texts[i] = describeMemory(bytes, at)
			}
		}
	}
}

// bytes returns what a side saw at a place that holds bytes.
func (j *judge) bytes(side int, where string) ([]byte, bool) {
	o := j.at(side, where)
	switch {
	case o == nil:
		return nil, false
	case o.stream:
		return []byte(o.key), true
	}
	return o.data, o.data != nil
}

// order is the position of a place among what the sides saw.
func (j *judge) order(where string) int {
	pos := 0
	for i := range j.obs {
		for k := range j.obs[i] {
			if j.obs[i][k].Where == where {
				pos = max(pos, k)
			}
		}
	}
	return pos
}

// Excuse takes back that engines differ: those outside the first group are left out for a reason instead.
func (v *Verdict) Excuse(reason Reason) {
	for _, group := range v.Groups[1:] {
		for _, i := range group {
			v.Skipped[i] = reason
		}
	}
	v.Groups, v.Voices, v.Rows = v.Groups[:1], v.Voices[:1], nil
}

// Class names the kind of the first difference, so that like divergences can be counted together: "call", "memory", ….
func (v *Verdict) Class() string {
	if len(v.Rows) == 0 {
		return ""
	}
	class, _, _ := strings.Cut(v.Rows[0].Where, " ")
	return class
}
