package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// bigTask writes a file of several hundred kilobytes in pieces out of order, reads it back in other pieces, appends, and seeks.
func bigTask(args []string) error {
	const piece, pieces = 30_001, 20
	name := filepath.Join(args[0], "big")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	for i := range pieces {
		at := i * 7 % pieces
		if _, err := f.WriteAt(bytes.Repeat([]byte{byte(at + 1)}, piece), int64(at*piece)); err != nil {
			return err
		}
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := f.Seek(-3, io.SeekCurrent); err != nil {
		return err
	}
	n, err := f.Write([]byte("the end"))
	fmt.Println(end, n, err)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.CopyBuffer(hash, struct{ io.Reader }{f}, make([]byte, 4093)); err != nil {
		return err
	}
	fmt.Printf("%x\n", hash.Sum(nil))
	part := make([]byte, 10)
	n, err = f.ReadAt(part, end-3)
	fmt.Printf("%d %v %q\n", n, err, part[:n])
	if err := f.Close(); err != nil {
		return err
	}
	a, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(a, ", appended")
	if err := a.Close(); err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	fmt.Println(info.Name(), info.Size(), info.Mode().IsRegular())
	return nil
}

// manyTask makes many folders and files, lists them, and removes a part of them again.
func manyTask(args []string) error {
	const dirs, files = 40, 25
	for d := range dirs {
		dir := filepath.Join(args[0], fmt.Sprintf("dir-%02d", d))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		for i := range files {
			name := filepath.Join(dir, fmt.Sprintf("file with a rather long name, number %03d-äöü", i))
			if err := os.WriteFile(name, bytes.Repeat([]byte("x"), d*i), 0o644); err != nil {
				return err
			}
		}
	}
	for d := range dirs {
		dir := filepath.Join(args[0], fmt.Sprintf("dir-%02d", d))
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		fmt.Println(filepath.Base(dir), len(entries), entries[0].Name(), entries[len(entries)-1].IsDir())
		for i, e := range entries {
			if d%3 == 0 || i%2 == 0 {
				if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
					return err
				}
			}
		}
		if err := os.Remove(dir); d%3 != 0 && err == nil {
			return errors.New("a folder with files was removed")
		} else if d%3 == 0 && err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(args[0])
	fmt.Println(len(entries), err)
	_, err = os.Stat(filepath.Join(args[0], "dir-00"))
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	return nil
}
