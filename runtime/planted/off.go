//go:build !planted

package planted

// Selected is the bug that this build has: none.
const Selected = None
