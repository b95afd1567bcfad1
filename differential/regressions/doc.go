// Package regressions runs the guests of corpus/regressions on engines and says of each whether what must hold does.
//
// A demand is one of a closed set of kinds, the table of expect.go, so that the same words mean the same check everywhere. Three of
// them are made of every guest: the engine neither crashes nor hangs; the files outside the guest's directories stay as they
// are; and what is in them does not come out.
package regressions
