//go:build race

package sandbox

// raceDetector says that the race detector is built in. It maps terabytes of addresses and makes threads in its own way.
const raceDetector = true
