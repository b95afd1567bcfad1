package session

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
)

// World is what WASI programs see. Every engine gets its own fresh copy of the folders.
type World struct {
	Args  []string // after the program's name
	Env   []string // K=V
	Stdin []byte
	Dirs  []Mount
}

// Mount is a folder whose copy the guest finds preopened; an empty Template stands for an empty folder.
type Mount struct {
	Template, Guest string
	ReadOnly        bool
}

// place is the copy of a world for one run.
type place struct {
	root string
	wasi *engine.WASI
}

// settle makes a fresh copy of w below temp for a program of the given name.
func (w *World) settle(temp, program string) (*place, error) {
	root, err := os.MkdirTemp(temp, "world")
	if err != nil {
		return nil, err
	}
	p := &place{root, &engine.WASI{Args: append([]string{program}, w.Args...), Env: w.Env, Stdin: w.Stdin}}
	mounts := w.Dirs
	if len(mounts) == 0 {
		mounts = []Mount{{Guest: "/"}}
	}
	for i, m := range mounts {
		host := filepath.Join(root, fmt.Sprint(i))
		if err := tree.Copy(host, m.Template); err != nil {
			tree.Remove(root)
			return nil, err
		}
		p.wasi.Dirs = append(p.wasi.Dirs, engine.Dir{Host: host, Guest: m.Guest, ReadOnly: m.ReadOnly})
	}
	return p, nil
}

// leave returns what the guest made of its world, and removes it.
func (p *place) leave() (tree.Snapshot, error) {
	snap, err := tree.Snap(p.root)
	if e := tree.Remove(p.root); err == nil {
		err = e
	}
	return snap, err
}
