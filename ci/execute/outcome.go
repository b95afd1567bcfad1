// Package execute runs inputs of fuzz targets in a process of their own, so that whatever they do to it is seen and ends nothing else.
package execute

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/finding"
)

// The stages of failures that only another process sees.
const (
	Died   = "process died"
	Memory = "out of memory"
)

// ends reports whether the process of an input cannot be given another one.
func ends(o *replay.Failed) bool {
	return slices.Contains([]string{replay.StagePanic, replay.StageHang, Died, Memory}, o.Bucket.Stage)
}

// dead returns the outcome of an input whose process ended with a status and last words.
func dead(status, stderr string) *replay.Failed {
	o := &replay.Failed{Bucket: replay.Broken(Died), Detail: status + "\n" + stderr}
	if strings.Contains(stderr, memoryMark) {
		o.Bucket.Stage = Memory
		return o
	}
	o.Bucket.Traps, o.Bucket.Frames = []string{finding.Words(stderr)}, finding.Frames(stderr)
	if strings.TrimSpace(stderr) == "" {
		o.Bucket.Traps = []string{finding.Normalise(status)}
	}
	return o
}

// hanging returns the outcome of an input that takes too long.
func hanging(patience time.Duration) *replay.Failed {
	return &replay.Failed{Bucket: replay.Broken(replay.StageHang), Detail: fmt.Sprintf("the input takes more than %v", patience)}
}
