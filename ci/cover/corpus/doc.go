// Package corpus has a test that runs the inputs of a folder on a target. Its binary, built with coverage, is what measures a corpus: for
// the command cover, for the merge without libFuzzer, and for the coverage reports of OSS-Fuzz.
package corpus
