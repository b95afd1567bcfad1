package worker

import (
	"runtime/debug"
	"strings"
)

// ModuleVersion returns the version of a module that the program is linked with, without the leading v, or "unknown".
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, dep := range info.Deps {
		if dep.Path == path {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return "unknown"
}
