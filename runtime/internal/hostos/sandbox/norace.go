//go:build !race

package sandbox

// raceDetector says that the race detector is built in.
const raceDetector = false
