package behaviour

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi/model"
)

// What guests are given besides the files.
var (
	args = []string{"guest", "-x"}
	env  = []string{"A=b", "LONG=0123456789"}
)

const (
	input    = "input of the guest\n"
	guestDir = "guest" // the only folder that a guest is given
)

// world is the files of one run: the guest's folder, and around it what it must not reach.
type world struct {
	root   string
	before tree.Snapshot // without the guest's folder
}

func newWorld(temp string) (*world, error) {
	root, err := os.MkdirTemp(temp, "wasi")
	if err != nil {
		return nil, err
	}
	w := &world{root: root}
	build := func(dir string, entries []hostcall.Entry) {
		err = errors.Join(err, os.Mkdir(dir, 0o755))
		for _, e := range entries {
			path := filepath.Join(dir, e.Name)
			switch {
			case e.Dir:
				err = errors.Join(err, os.Mkdir(path, 0o755))
			case e.Target != "":
				err = errors.Join(err, os.Symlink(e.Target, path))
			default:
				err = errors.Join(err, os.WriteFile(path, []byte(e.Data), 0o644))
			}
		}
	}
	build(w.outside(), []hostcall.Entry{{Name: hostcall.Secret, Data: "a secret of the host\n"}, {Name: "kept", Dir: true}, {Name: "kept/file", Data: "kept"}})
	build(w.guest(), hostcall.Tree(w.outside()))
	if err == nil {
		w.before, err = w.canaries()
	}
	if err != nil {
		return nil, errors.Join(err, w.remove())
	}
	return w, nil
}

func (w *world) guest() string   { return filepath.Join(w.root, guestDir) }
func (w *world) outside() string { return filepath.Join(w.root, hostcall.OutsideDir) }
func (w *world) remove() error   { return tree.Remove(w.root) }

// canaries is everything outside the guest's folder.
func (w *world) canaries() (tree.Snapshot, error) {
	all, err := tree.Snap(w.outside())
	if err != nil {
		return nil, err
	}
	beside, err := os.ReadDir(w.root)
	for _, e := range beside {
		all = append(all, tree.Entry{Path: "../" + e.Name(), Type: e.Type()})
	}
	return all, err
}

// escaped returns the first path outside the guest's folder that is not what it was; empty if there is none.
func (w *world) escaped() (string, error) {
	after, err := w.canaries()
	if err != nil {
		return "", err
	}
	for i := range max(len(after), len(w.before)) {
		switch {
		case i >= len(after):
			return w.before[i].Path, nil
		case i >= len(w.before) || after[i] != w.before[i]:
			return after[i].Path, nil
		}
	}
	return "", nil
}

func (w *world) wasi() *engine.WASI {
	return &engine.WASI{Args: args, Env: env, Stdin: []byte(input), Dirs: []engine.Dir{{Host: w.guest(), Guest: "/"}}}
}

// model returns the model of the world as an engine shows it to its guest.
func (w *world) model(e engine.Engine, os string) *model.Model {
	var entries []model.Entry
	for _, entry := range hostcall.Tree(w.outside()) {
		entries = append(entries, model.Entry(entry))
	}
	return model.New(&model.Config{OS: os, Rights: rights[engine.ParseVariant(e.Name()).Name], Args: args, Env: env, Stdin: input, AnyStreams: true,
		Preopens: []model.Preopen{{FD: uint32(firstDir(e)), Name: "/", Access: allAccess, Tree: model.NewTree(entries)}}})
}

// rights says what engines make of rights; those that are not here do what ours does.
var rights = map[string]model.RightsMode{"wasmtime": model.RightsIgnored, "wazero": model.RightsIgnored, "wazero-interp": model.RightsIgnored,
	"wasmer": model.RightsIgnored}

// firstDir is the guest's descriptor of the directory.
func firstDir(e engine.Engine) int {
	if n := e.Features().FirstDir; n != 0 {
		return n
	}
	return 3
}
