// Package tree makes fresh copies of a file tree for the WASI runs of one module, one copy an engine, and tells afterwards
// what each engine's guest made of its copy.
package tree

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The bounds of a tree. A guest can write much; what lies beyond is an error of the snapshot, not a difference.
const (
	MaxEntries = 100_000
	MaxBytes   = 1 << 30 // of all files that are copied or hashed
)

// TooLargeError says that a tree has more entries or bytes than are copied or compared.
type TooLargeError struct {
	Root string
	What string
	Max  int64
}

// Error returns the tree and the bound.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s: more than %d %s in the tree; use a smaller one", e.Root, e.Max, e.What)
}

// Entry is what is compared of one file: its path, type, size, content and link target. Times, modes, inodes and
// the sizes of directories are not compared: engines create files with different modes, and the rest is the host's.
type Entry struct {
	Path string // below the root, with slashes
	Type fs.FileMode
	Size int64    // of a regular file
	Hash [32]byte // SHA-256 of a regular file's content
	Link string   // target of a symbolic link
}

// String returns the entry for people; equal texts mean equal entries of one path.
func (e Entry) String() string {
	switch {
	case e.Type.IsDir():
		return "directory"
	case e.Type.IsRegular():
		return fmt.Sprintf("file, %d bytes, sha256 %x", e.Size, e.Hash[:16])
	case e.Type&fs.ModeSymlink != 0:
		return fmt.Sprintf("symbolic link to %q", e.Link)
	}
	return "special file " + e.Type.String()
}

// Snapshot is the entries of a tree in the order of their paths, without its root.
type Snapshot []Entry

// budget counts what a walk has seen against the bounds.
type budget struct {
	root    string
	entries int64
	bytes   int64
}

func (b *budget) entry() error {
	if b.entries++; b.entries > MaxEntries {
		return &TooLargeError{b.root, "entries", MaxEntries}
	}
	return nil
}

func (b *budget) size(n int64) error {
	if b.bytes += n; b.bytes > MaxBytes {
		return &TooLargeError{b.root, "bytes", MaxBytes}
	}
	return nil
}

// Snap lists the tree below root. It follows no symbolic link and opens nothing but regular files.
func Snap(root string) (Snapshot, error) {
	snap := Snapshot{}
	b := budget{root: root}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		if err := b.entry(); err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		e := Entry{Path: filepath.ToSlash(rel), Type: d.Type()}
		switch {
		case d.Type().IsRegular():
			info, err := d.Info()
			if err != nil {
				return err
			}
			if err := b.size(info.Size()); err != nil {
				return err
			}
			e.Size = info.Size()
			if e.Hash, err = hash(path, e.Size); err != nil {
				return err
			}
		case d.Type()&fs.ModeSymlink != 0:
			if e.Link, err = os.Readlink(path); err != nil {
				return err
			}
		}
		snap = append(snap, e)
		return nil
	})
	return snap, err
}

func hash(path string, size int64) (sum [32]byte, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return sum, nil // the guest cannot take rights away; a template's unreadable file compares by size
	}
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, size)); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// Copy copies the tree below from into to, which is made. Symbolic links are copied as they are; special files are left out,
// since nothing can be compared of them. An empty from makes an empty directory.
func Copy(to, from string) error {
	if err := os.MkdirAll(to, 0o755); err != nil || from == "" {
		return err
	}
	b := budget{root: from}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == from {
			return err
		}
		if err := b.entry(); err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return copyEntry(&b, filepath.Join(to, rel), path, d)
	})
}

func copyEntry(b *budget, to, from string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	switch {
	case d.IsDir():
		return os.MkdirAll(to, info.Mode().Perm()|0o700)
	case d.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case d.Type().IsRegular():
		if err := b.size(info.Size()); err != nil {
			return err
		}
		return copyFile(to, from, info.Mode().Perm())
	}
	return nil
}

func copyFile(to, from string, perm fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Remove deletes a tree that a guest worked in, directories without rights included.
func Remove(root string) error {
	if err := os.RemoveAll(root); err == nil {
		return nil
	}
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(root)
}
