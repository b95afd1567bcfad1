package workload

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// memoryDir is where Linux has a file system in memory, so that no disk is in the figures.
const memoryDir = "/dev/shm"

// World is what the modules of hostcalls find on the host.
type World struct {
	Dir  string // with the files that package timing names
	Peer *timing.Peer
}

// MakeWorld makes the directory that the modules of hostcalls work in, with their files, and starts their peer. The directory lies in
// memory where there is a file system for that. The caller closes the world.
func MakeWorld() (w *World, err error) {
	w = new(World)
	if w.Dir, err = os.MkdirTemp(memoryDir, "touchstone-bench-"); err != nil {
		if w.Dir, err = os.MkdirTemp("", "touchstone-bench-"); err != nil {
			return nil, err
		}
	}
	if w.Peer, err = timing.StartPeer(); err == nil {
		err = w.files()
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) files() error {
	zero := make([]byte, timing.FileSize)
	port := binary.LittleEndian.AppendUint32(nil, uint32(w.Peer.Addr().Port()))
	for name, content := range map[string][]byte{timing.File: zero, timing.DeepFile: zero, timing.PeerFile: port} {
		path := filepath.Join(w.Dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close removes the world.
func (w *World) Close() error {
	err := os.RemoveAll(w.Dir)
	if w.Peer != nil {
		err = errors.Join(err, w.Peer.Close())
	}
	return err
}
