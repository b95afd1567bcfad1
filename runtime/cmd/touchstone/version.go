package main

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

var versionCommand = &command{
	name:  "version",
	short: "print the version of the command, of Go and of the system, for reports",
	flags: func(*flag.FlagSet) func([]string, streams) (int, error) {
		return func(args []string, s streams) (int, error) {
			if len(args) > 0 {
				return 0, usagef("version takes no arguments, not %q", args[0])
			}
			_, err := fmt.Fprintf(s.out, "touchstone %s, %s, %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return statusOK, err
		}
	},
}

// buildVersion returns the release that the program was built from, or the commit, as far as the build knows them.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
