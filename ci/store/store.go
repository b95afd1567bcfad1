// Package store keeps files so that nothing is lost whenever the process ends, and so that two loops do not work in one folder.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// temporary begins the names of files that are being written. Whoever lists a folder leaves them out.
const temporary = ".new-"

// Write writes a file whole or not at all: it is written under another name and renamed.
func Write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), temporary)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// List returns the names of the regular files of a folder, sorted. A folder that does not exist has none.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), temporary) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// Add writes an input to a folder under the name that its bytes give, unless it is there.
func Add(dir, name string, data []byte) error {
	path := filepath.Join(dir, name)
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	return Write(path, data)
}

// Inputs calls use with the name and the bytes of each file of a folder. A file that goes meanwhile is left out.
func Inputs(dir string, use func(name string, data []byte) error) error {
	names, err := List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := use(name, data); err != nil {
			return err
		}
	}
	return nil
}

// Replace makes a folder hold the files of another and no others. What is new comes before what is old goes, so that at any
// moment nothing that both have is missing.
func Replace(dir, from string) error {
	keep := map[string]bool{}
	err := Inputs(from, func(name string, data []byte) error {
		keep[name] = true
		return Add(dir, name, data)
	})
	if err != nil {
		return err
	}
	names, err := List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !keep[name] {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Append adds a line to a file. A line that a process could not finish is ended first.
func Append(name string, line []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		var end [1]byte
		if _, err := f.ReadAt(end[:], info.Size()-1); err == nil && end[0] != '\n' {
			line = append([]byte("\n"), line...)
		}
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// Lock takes a folder for this process until it ends or calls unlock.
func Lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: another process works in this folder: %w", dir, err), f.Close())
	}
	return f.Close, nil
}
