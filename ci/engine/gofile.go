package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/store"
)

// goHeader is the first line of an input in the form of go test.
const goHeader = "go test fuzz v1"

// encode returns an input in the form of go test.
func encode(input []byte) []byte { return fmt.Appendf(nil, "%s\n[]byte(%q)\n", goHeader, input) }

// decode returns the input that a file in the form of go test holds, or false if it is none, for example because it was not written whole.
func decode(file []byte) ([]byte, bool) {
	head, rest, _ := strings.Cut(string(file), "\n")
	quoted, ok := strings.CutPrefix(strings.TrimSpace(rest), "[]byte(")
	quoted, closed := strings.CutSuffix(quoted, ")")
	if head != goHeader || !ok || !closed {
		return nil, false
	}
	text, err := strconv.Unquote(quoted)
	return []byte(text), err == nil
}

// export writes the raw inputs of a folder to another in the form of go test.
func export(from, to string) error {
	return store.Inputs(from, func(name string, data []byte) error { return store.Add(to, name, encode(data)) })
}

// take adds the inputs in the form of go test in the folders of a folder to another as raw ones, named by prefix and their bytes, and returns
// how many. The engine has a folder for each target.
func take(from, to, prefix string) (n int, err error) {
	folders, err := filepath.Glob(filepath.Join(from, "*"))
	for _, folder := range folders {
		err = errors.Join(err, store.Inputs(folder, func(_ string, file []byte) error {
			input, ok := decode(file)
			if !ok {
				return nil
			}
			n++
			return store.Add(to, prefix+build.FileName(input), input)
		}))
	}
	return n, err
}

// clean empties a folder.
func clean(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Clean(dir), 0o755)
}
