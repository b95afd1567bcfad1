package build

import (
	"archive/zip"
	"bytes"
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness"
)

// Files writes what belongs to each target besides its program: NAME_seed_corpus.zip, NAME.dict and NAME.options.
func Files(dir string, targets []harness.Target) error {
	for _, t := range targets {
		seeds, err := seedZip(t)
		if err != nil {
			return err
		}
		for suffix, data := range map[string][]byte{SeedsSuffix: seeds, dictSuffix: Dictionary(t), OptionsSuffix: options(t)} {
			if err := os.WriteFile(filepath.Join(dir, t.Name+suffix), data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// The ends of the names of a target's files.
const (
	SeedsSuffix   = "_seed_corpus.zip"
	OptionsSuffix = ".options"
	dictSuffix    = ".dict"
)

// FileName returns the name of an input in a corpus, as libFuzzer gives it.
func FileName(input []byte) string { return fmt.Sprintf("%x", sha1.Sum(input)) }

// seedZip returns the seeds of a target as OSS-Fuzz takes them.
func seedZip(t harness.Target) ([]byte, error) {
	inputs, err := corpus.Inputs(t.Corpus)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, input := range inputs {
		w, err := z.Create(FileName(input.Data))
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(input.Data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// The limits of one input.
const (
	MaxLen     = 64 << 10 // bytes; seeds are smaller
	Timeout    = 25       // seconds, as OSS-Fuzz has it
	MemoryMB   = 2560     // as OSS-Fuzz has it
	optionsFmt = `[libfuzzer]
max_len = %d
timeout = %d
rss_limit_mb = %d
detect_leaks = 0
dict = %s

[asan]
detect_leaks = 0
allow_user_segv_handler = 1
`
)

// options returns the options of a target, as OSS-Fuzz takes them. Memory that only the heap of Go refers to looks like a leak.
func options(t harness.Target) []byte {
	return fmt.Appendf(nil, optionsFmt, MaxLen, Timeout, MemoryMB, t.Name+dictSuffix)
}
