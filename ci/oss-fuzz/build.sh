#!/bin/bash -eu
# Builds every target for OSS-Fuzz and ClusterFuzzLite: the one script of both. The images set SRC, OUT, CC, CXX, their flags, SANITIZER
# and LIB_FUZZING_ENGINE; the command reads them, and writes for each target its binary, seeds, dictionary and options.
cd "$SRC/touchstone"
export GOTOOLCHAIN=auto # go.mod may ask for a later Go than the image has
go run ./ci build -out "$OUT"
