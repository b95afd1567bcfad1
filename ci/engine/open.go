package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/harness"
)

// Open builds what an engine needs in a folder. The name is that of an engine, or "auto" for libFuzzer if there is a clang that has it.
func Open(ctx context.Context, name string, b *build.Builder, dir string, targets []harness.Target, stderr io.Writer) (Engine, error) {
	switch name {
	case "go", "libfuzzer", "auto":
	default:
		return nil, fmt.Errorf("unknown engine %q: there are libfuzzer, go and auto", name)
	}
	if name != "go" {
		t, err := build.Find(ctx)
		if err == nil {
			fmt.Fprintf(stderr, "ci: building the targets for libFuzzer with %s; the first time this takes minutes\n", t.Version)
			return NewLibFuzzer(ctx, b, t, dir, targets)
		}
		if name == "libfuzzer" || !errors.Is(err, build.ErrNoClang) {
			return nil, err
		}
		fmt.Fprintf(stderr, "ci: fuzzing with the engine of go test, which finds less: %v\n", err)
	}
	fmt.Fprintln(stderr, "ci: building the targets for the engine of go test; the first time this takes minutes")
	return NewNative(ctx, b, dir)
}
