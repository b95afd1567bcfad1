package machine

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

func model() (string, error) { return unix.Sysctl("machdep.cpu.brand_string") }

// load decodes a struct loadavg: three 32-bit fixed-point numbers, and after padding their scale as a long.
func load() (float64, error) {
	raw, err := unix.SysctlRaw("vm.loadavg")
	if err != nil {
		return 0, err
	}
	const scaleAt = 16
	if len(raw) < scaleAt+8 {
		return 0, errors.New("vm.loadavg is too short")
	}
	scale := binary.LittleEndian.Uint64(raw[scaleAt:])
	if scale == 0 {
		return 0, errors.New("vm.loadavg has no scale")
	}
	return float64(binary.LittleEndian.Uint32(raw)) / float64(scale), nil
}
