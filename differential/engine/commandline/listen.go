package commandline

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// listener turns what a telling module wrote into a result.
type listener struct {
	plan *engine.Plan
	res  *engine.Result

	begun, instantiated, ended bool
	calling                    bool // the last call of res has not returned
	arguments                  int  // of the host call that is being told
	call                       *engine.HostCall
	memory                     []byte
	at                         uint64 // in memory
	exports                    []wasm.Export
}

// listen reads all records. What they say stands in the result even if they do not come to their end.
func (l *listener) listen(told []record) error {
	l.exports = l.plan.Module.Exports
	for _, r := range told {
		if err := l.hear(r); err != nil {
			return err
		}
	}
	l.closeMemory()
	return nil
}

func (l *listener) hear(r record) error {
	if l.ended || !l.begun && r.tag != tagBegin {
		return unexpected(r)
	}
	switch r.tag {
	case tagBegin:
		l.begun = true
	case tagInstantiated:
		l.instantiated = true
	case tagCall:
		if l.calling || r.value != uint64(len(l.res.Calls)) || len(l.res.Calls) == len(l.plan.Calls) {
			return unexpected(r)
		}
		l.calling = true
		l.res.Calls = append(l.res.Calls, engine.CallResult{Export: l.plan.Calls[r.value].Export, Args: l.plan.Calls[r.value].Args, Outcome: engine.Returned})
	case tagResult:
		return l.result(r)
	case tagReturn:
		l.calling = false
	case tagHost, tagArg:
		return l.host(r)
	case tagGlobal, tagTable, tagMemory:
		return l.state(r)
	case tagElems:
		return l.elements(r)
	case tagOffset:
		l.at = r.value
	case tagWord:
		if l.at+8 > uint64(len(l.memory)) {
			return unexpected(r)
		}
		binary.LittleEndian.PutUint64(l.memory[l.at:], r.value)
	case tagRest:
	case tagEnd:
		l.ended = true
	default:
		return unexpected(r)
	}
	return nil
}

// result takes the next result of the call that is being told.
func (l *listener) result(r record) error {
	if !l.calling {
		return unexpected(r)
	}
	call := &l.res.Calls[len(l.res.Calls)-1]
	t, err := l.plan.FuncType(call.Export)
	if err != nil || len(call.Values) == len(t.Results) {
		return unexpected(r)
	}
	call.Values = append(call.Values, engine.Value{Type: t.Results[len(call.Values)], Bits: r.value})
	return nil
}

// host takes the begin of a host call or one of its arguments.
func (l *listener) host(r record) error {
	m := l.plan.Module
	if r.tag == tagHost {
		if r.value >= uint64(len(m.Imports)) {
			return unexpected(r)
		}
		imp := &m.Imports[r.value]
		l.call, l.arguments = &engine.HostCall{Module: imp.Module, Name: imp.Name}, len(m.Types[imp.Func].Params)
		for _, p := range m.Types[imp.Func].Params {
			l.call.Args = append(l.call.Args, engine.Value{Type: p})
		}
	} else {
		if l.arguments == 0 {
			return unexpected(r)
		}
		l.call.Args[len(l.call.Args)-l.arguments].Bits = r.value
		l.arguments--
	}
	if l.arguments == 0 {
		if l.res.HostCallTotal++; l.res.HostCallTotal <= engine.MaxHostCalls {
			l.res.HostCalls = append(l.res.HostCalls, *l.call)
		}
	}
	return nil
}

// next returns the next export of a kind whose state is told.
func (l *listener) next(kind wasm.ExternKind) (wasm.Export, bool) {
	globals := l.plan.Module.GlobalTypes()
	for len(l.exports) > 0 {
		e := l.exports[0]
		l.exports = l.exports[1:]
		if e.Kind != wasm.ExternFunc && !(e.Kind == wasm.ExternGlobal && globals[e.Index].Type.IsVector()) {
			return e, e.Kind == kind
		}
	}
	return wasm.Export{}, false
}

// state takes a global, or the begin of a table or of a memory.
func (l *listener) state(r record) error {
	l.closeMemory()
	kind := map[byte]wasm.ExternKind{tagGlobal: wasm.ExternGlobal, tagTable: wasm.ExternTable, tagMemory: wasm.ExternMemory}[r.tag]
	e, ok := l.next(kind)
	if !ok || kind == wasm.ExternTable && r.value > engine.MaxTableElems || kind == wasm.ExternMemory && r.value > wasm.MaxPages*wasm.PageSize {
		return unexpected(r)
	}
	switch kind {
	case wasm.ExternGlobal:
		v := engine.Value{Type: l.plan.Module.GlobalTypes()[e.Index].Type, Bits: r.value}
		l.res.Globals = append(l.res.Globals, engine.NamedGlobal{Name: e.Name, Readable: true, Value: v})
	case wasm.ExternTable:
		l.res.Tables = append(l.res.Tables, engine.NamedTable{Name: e.Name, Readable: true, Len: r.value})
	case wasm.ExternMemory:
		l.res.Memories = append(l.res.Memories, engine.NamedMemory{Name: e.Name, Pages: r.value / wasm.PageSize})
		l.memory = make([]byte, r.value)
	}
	return nil
}

// elements takes the null-map of up to 64 elements of the last table.
func (l *listener) elements(r record) error {
	if len(l.res.Tables) == 0 {
		return unexpected(r)
	}
	t := &l.res.Tables[len(l.res.Tables)-1]
	for i := 0; i < 64 && uint64(len(t.NonNull)) < t.Len; i++ {
		t.NonNull = append(t.NonNull, byte(r.value>>i&1))
	}
	return nil
}

// closeMemory hashes the memory that was told last.
func (l *listener) closeMemory() {
	if l.memory != nil {
		l.res.Memories[len(l.res.Memories)-1].Hash = sha256.Sum256(l.memory)
		l.memory = nil
	}
}

// end ends the call that is being made, and with it all that can be known. The calls after it, which other engines make, are not made.
func (l *listener) end(how engine.CallResult) {
	n := len(l.res.Calls)
	if !l.calling {
		// The end came between calls: in what the module tells, not in what it does.
		l.res.Stage, l.res.Message = engine.StageUnsupported, how.Message
		return
	}
	how.Export, how.Args = l.res.Calls[n-1].Export, l.res.Calls[n-1].Args
	l.res.Calls[n-1] = how
	if n < len(l.plan.Calls) {
		l.res.Calls = append(l.res.Calls, engine.CallResult{Export: l.plan.Calls[n].Export, Args: l.plan.Calls[n].Args, Outcome: engine.Unsupported,
			Message: "a trap ended the process"})
	}
	l.res.Unseen = true
	l.res.Globals, l.res.Tables, l.res.Memories = nil, nil, nil
}
