package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// treeTask reads the tree in args[0], hashes every file, sorts every file's lines into a copy below "sorted", and
// writes a manifest. It works on relative names only, so that its output does not depend on where the tree is.
func treeTask(args []string) error {
	root := args[0]
	var files []string
	total := int64(0)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			files = append(files, rel)
			total += info.Size()
			fmt.Printf("%8d %s\n", info.Size(), rel)
		} else {
			fmt.Printf("%8s %s\n", info.Mode().Type(), rel)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a)+a, filepath.Base(b)+b) })
	manifest, err := os.Create(filepath.Join(root, "MANIFEST"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(io.MultiWriter(manifest, os.Stdout))
	for _, f := range files {
		sum, err := sortLines(root, f)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%x  %s\n", sum, f)
	}
	fmt.Fprintf(w, "%d files, %d bytes\n", len(files), total)
	if err := w.Flush(); err != nil {
		return err
	}
	return manifest.Close()
}

// sortLines writes the sorted lines of a file to its copy and returns the hash of what it read.
func sortLines(root, name string) (sum [32]byte, err error) {
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return sum, err
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	slices.SortFunc(lines, bytes.Compare)
	to := filepath.Join(root, "sorted", name)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return sum, err
	}
	return sha256.Sum256(data), os.WriteFile(to, bytes.Join(lines, nil), 0o644)
}
