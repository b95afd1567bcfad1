package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// limit sets the limits of resources. A limit that is lower already stays.
func limit(cfg *Config) (gaps []Gap) {
	for _, l := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"core", unix.RLIMIT_CORE, 0}, // a core dump would be a file with all that the process knows
		{"nofile", unix.RLIMIT_NOFILE, cfg.Descriptors},
		{"as", addressSpace, cfg.AddressSpace},
	} {
		if l.resource < 0 {
			gaps = append(gaps, Gap{"the limit " + l.name, "this system does not enforce it"})
		} else if err := lower(l.resource, l.most); err != nil {
			gaps = append(gaps, Gap{"the limit " + l.name, fmt.Sprintf("setrlimit: %v", err)})
		}
	}
	return gaps
}

// lower makes most the most that a resource's limits are, and keeps them from being raised again.
func lower(resource int, most uint64) error {
	var r unix.Rlimit
	if err := unix.Getrlimit(resource, &r); err != nil {
		return err
	}
	r.Max = min(r.Max, most)
	r.Cur = min(r.Cur, r.Max)
	return unix.Setrlimit(resource, &r)
}
