package oracle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/scene"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Linked generates a scene of modules that import from each other and of functions of the host that call back, and asserts that on our
// runtime everything happens as the specification says: what links and what does not and why, what every call returns or how it ends, the
// arguments of functions of the host and who called them, and after each step what every instance holds, the identity of functions included.
// Of every eighth length, [Limits] hold. Another scene, which follows from all bytes, is played as well: mutations are small, and what is to be
// found is where things meet.
func Linked(ctx context.Context, data []byte) *Failure {
	if len(data)%8 == 5 {
		if f := Limits(ctx, data); f != nil {
			return f
		}
	}
	f := play(ctx, data)
	if f == nil {
		sum := seedOf(data)
		f = play(ctx, tape.Random(sum, 12+int(sum%40)))
	}
	return f
}

// play plays the scene of a tape.
func play(ctx context.Context, data []byte) *Failure {
	s := scene.Generate(data)
	modules, f := compileScene(s, runtime.Compiler{Deterministic: true, Plain: len(data)%3 == 1, Observed: len(data)%16 == 15})
	if f != nil {
		return f
	}
	// A tail call of another instance leaves a frame on our stack, which the specification does not know.
	tailsOut := slices.ContainsFunc(s.Steps, func(step scene.Step) bool { return step.Module != nil && step.Module.TailsOut })
	ours, spec := newOurStage(ctx, s, modules), newSpecStage(s, modules)
	for i := range s.Steps {
		step := &s.Steps[i]
		want, got := spec.top(step), ours.top(step)
		if f := cmpNotes(spec.log, ours.log); f != nil {
			return f
		}
		if f := sameEnd(s, step, &want, &got, ours.scripts == 0 && !tailsOut); f != nil {
			return f
		}
		if ours.wrong != nil {
			return ours.wrong
		}
		if f := cmpNotes(spec.state(i == len(s.Steps)-1), ours.state(i == len(s.Steps)-1)); f != nil {
			f.Detail = fmt.Sprintf("after step %d: %s", i, f.Detail)
			return f
		}
	}
	return nil
}

// compileScene compiles the modules of a scene.
func compileScene(s *scene.Scene, compiler runtime.Compiler) (map[*scene.Built]*runtime.Module, *Failure) {
	modules := map[*scene.Built]*runtime.Module{}
	for i := range s.Steps {
		b := s.Steps[i].Module
		if b == nil || modules[b] != nil {
			continue
		}
		src := b.Encode()
		m, err := compiler.Compile(src)
		if err != nil {
			return nil, fail("generate: module is refused", "%v\n%x", err, src)
		}
		modules[b] = m
	}
	return modules, nil
}

// stage is a store in which a scene is played: ours or that of the evaluator.
type stage interface {
	// call calls the function in a slot, or the one that an element refers to.
	call(step *scene.Step) ended
	instantiate(step *scene.Step) ended
	reset(step *scene.Step) ended
	// change does what the host does itself, and returns what that says.
	change(step *scene.Step) ended
	// setLeft says how many functions may be entered, and that nobody calls.
	setLeft(n uint64)
	setWho()
}

// ended is how a step ended, and what it returned.
type ended struct {
	note
	frames []runtime.Frame // of a trap
	err    error           // to be handed on, if it was abnormal
}

// note is something that is seen, in numbers.
type note struct {
	what   string
	values []uint64
}

// player plays the steps of a scene on a stage.
type player struct {
	stage
	scene   *scene.Scene
	scripts int // that were played in this step
	depth   int // of scripts in progress
	made    int // instances
	log     []note
}

// Bounds of a step, so that it ends: functions of guests that are entered, scripts that are played, and scripts in scripts; and the instances of
// a scene.
const (
	sceneCalls     = 40
	sceneScripts   = 10
	sceneDepth     = 2
	sceneInstances = 12
)

// top plays a step that is in no script.
func (p *player) top(step *scene.Step) ended {
	p.log, p.scripts, p.depth = p.log[:0], 0, 0
	p.setLeft(sceneCalls)
	return p.do(step)
}

// do plays a step.
func (p *player) do(step *scene.Step) ended {
	p.setWho()
	switch step.Kind {
	case scene.Call, scene.CallElem:
		return p.call(step)
	case scene.Instantiate:
		if p.made == sceneInstances {
			return ended{}
		}
		return p.instantiate(step)
	case scene.Reset:
		if p.made == 0 {
			return ended{}
		}
		return p.reset(step)
	}
	return p.change(step)
}

// script plays the script of a function of the host that was called with some arguments. It returns how it ends, one of the numbers of
// scene.End, or an error that it hands on.
func (p *player) script(slot int, args []uint64) (end uint64, err error) {
	p.log = append(p.log, note{fmt.Sprintf("function %d of the host", slot), args})
	if slot >= len(p.scene.Scripts) || p.depth == sceneDepth || p.scripts == sceneScripts {
		return scene.Return, nil
	}
	p.scripts++
	p.depth++
	for i := range p.scene.Scripts[slot] {
		step := &p.scene.Scripts[slot][i]
		if step.Kind == scene.End {
			end = step.Num
			break
		}
		e := p.do(step)
		p.log = append(p.log, e.note)
		if e.err != nil && step.Pass && (step.Kind == scene.Call || step.Kind == scene.CallElem) {
			err = e.err
			break
		}
	}
	p.depth-- // not after a panic, which ends the step
	return end, err
}

// errScript is what a function of the host fails with, and panicScript what it panics with.
var (
	errScript   = errors.New("the script says so")
	panicScript = "harness: the script says so"
)

// cmpNotes compares what was seen.
func cmpNotes(want, got []note) *Failure {
	for i := range min(len(want), len(got)) {
		if f := cmpNote(&want[i], &got[i]); f != nil {
			return f
		}
	}
	if len(want) != len(got) {
		return fail("link: more or less happens", "%d of %d", len(got), len(want))
	}
	return nil
}

func cmpNote(want, got *note) *Failure {
	switch {
	case want.what != got.what:
		return fail("link: something else happens", "touchstone: %s, the specification: %s", got.what, want.what)
	case !slices.Equal(want.values, got.values):
		return fail("link: other values", "%s: touchstone %#x, the specification %#x", got.what, got.values, want.values)
	}
	return nil
}

// sameEnd compares how a step ended, and if all calls were of guests where it trapped.
func sameEnd(s *scene.Scene, step *scene.Step, want, got *ended, places bool) *Failure {
	if f := cmpNote(&want.note, &got.note); f != nil {
		f.Detail = fmt.Sprintf("kind %d: %s", step.Kind, f.Detail)
		return f
	}
	if !places || len(want.frames) == 0 {
		return nil
	}
	if f := comparePlaces("a call", got.frames, want.frames, &linked); f != nil {
		return f
	}
	for _, frame := range got.frames {
		if !named(s, frame) {
			return fail("link: another name", "%v", frame)
		}
	}
	return nil
}

// named reports whether a function is called what it is in a module of the scene.
func named(s *scene.Scene, frame runtime.Frame) bool {
	return slices.ContainsFunc(s.Steps, func(step scene.Step) bool {
		b := step.Module
		switch {
		case b == nil:
			return false
		case b.Named:
			return frame.Name == scene.FuncName(b.ID, frame.Func)
		}
		for i := range b.Exports {
			if x := &b.Exports[i]; x.Kind == wasm.ExternFunc && x.Index == frame.Func {
				return frame.Name == x.Name // the first one
			}
		}
		return false
	})
}
