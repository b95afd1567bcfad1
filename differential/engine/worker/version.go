package worker

import (
	"runtime/debug"
	"strings"
)

// ModuleVersion returns the version of a module that the program is linked with, without the leading v, or "unknown". It is the version
// of what replaced the module, if something did: see [Release].
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, dep := range info.Deps {
		if dep.Path == path {
			if dep.Replace != nil {
				dep = dep.Replace
			}
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return "unknown"
}
