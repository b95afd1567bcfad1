package finding

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A folder is written beside its place and renamed. Both names begin with a dot, then say what it is, which process it belongs to and
// which folder it is about: ".new-123-ID-random" is being written, ".old-123-ID" is about to be removed.
const (
	newPrefix = ".new-"
	oldPrefix = ".old-"
)

// replace makes the folder name below root out of what fill writes to an empty folder. A process that dies on the way leaves the
// folder as it was or as it should be, or aside under another name, where [Recover] finds it.
func replace(root, name string, fill func(dir string) error) error {
	pid := os.Getpid()
	temp, err := os.MkdirTemp(root, fmt.Sprintf("%s%d-%s-", newPrefix, pid, name))
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp) // of a success nothing is left
	if err := errors.Join(os.Chmod(temp, 0o755), fill(temp)); err != nil {
		return err
	}
	if err := syncAll(temp); err != nil {
		return err
	}
	place := filepath.Join(root, name)
	old := filepath.Join(root, fmt.Sprintf("%s%d-%s", oldPrefix, pid, name))
	if err := os.Rename(place, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(temp, place); err != nil {
		return errors.Join(err, os.Rename(old, place))
	}
	return errors.Join(syncDir(root), os.RemoveAll(old))
}

// Recover finishes what processes that died left below root: folders that were not written to their end are removed, and one that was
// moved aside for another that never came is moved back. It leaves alone what belongs to processes that are alive.
func Recover(root string) error {
	entries, err := os.ReadDir(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, e := range entries {
		rest, unfinished := strings.CutPrefix(e.Name(), newPrefix)
		if !unfinished {
			var old bool
			if rest, old = strings.CutPrefix(e.Name(), oldPrefix); !old {
				continue
			}
		}
		pid, name, _ := strings.Cut(rest, "-")
		if n, err := strconv.Atoi(pid); err != nil || alive(n) {
			continue
		}
		path := filepath.Join(root, e.Name())
		if !unfinished {
			place := filepath.Join(root, name)
			if _, err := os.Lstat(place); errors.Is(err, os.ErrNotExist) {
				errs = append(errs, os.Rename(path, place))
				continue
			}
		}
		errs = append(errs, os.RemoveAll(path))
	}
	return errors.Join(append(errs, err)...)
}

// alive reports whether there is a process. A number that was given again only makes a rest stay longer.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// writeFile writes a file that is not there yet.
func writeFile(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// syncAll brings a folder and all below it to the disk.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() && !e.Type().IsRegular() {
			return err
		}
		return syncDir(path)
	})
}

// syncDir brings a file or a folder to the disk.
func syncDir(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
