//go:build !planted

package planted

// Selected is the bug that this build has: none.
const Selected = None

// Blind reports whether the oracles of the fuzz targets are silent, to see what is found without them: they are not.
const Blind = false
