// Package last records the input that a process is working on, in a file that outlives it whatever ends it.
//
// The file is mapped into memory, so that recording costs no system call. It holds the number of bytes, 8 of them, little-endian, then
// the bytes. The number is zero while the bytes are being changed.
package last

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Variable is the variable of the environment with the name of the file.
const Variable = "TOUCHSTONE_LAST_INPUT"

// MaxInput is the size of the largest input that is recorded. Targets are given no larger ones.
const MaxInput = 1 << 20

// header is the size of the number of bytes.
const header = 8

// none in place of the number says that nothing is recorded. An empty input has the number 1, one of a byte 2.
const none = 0

// Input is where the last input is recorded. The zero value records nothing.
type Input struct{ memory []byte }

// FromEnvironment opens the file that the environment names, if it does.
func FromEnvironment() (Input, error) {
	name := os.Getenv(Variable)
	if name == "" {
		return Input{}, nil
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return Input{}, err
	}
	defer file.Close()
	if err := file.Truncate(header + MaxInput); err != nil {
		return Input{}, err
	}
	memory, err := syscall.Mmap(int(file.Fd()), 0, header+MaxInput, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return Input{}, fmt.Errorf("%s: %w", name, err)
	}
	return Input{memory}, nil
}

// Record says that data is what is worked on now. Data that is too large is not recorded.
func (in Input) Record(data []byte) {
	if in.memory == nil || len(data) > MaxInput {
		return
	}
	binary.LittleEndian.PutUint64(in.memory, none)
	copy(in.memory[header:], data)
	binary.LittleEndian.PutUint64(in.memory, uint64(len(data))+1)
}

// Read returns what a process recorded last in the file, or nil if there is nothing.
func Read(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || len(data) < header {
		return nil, err
	}
	size := binary.LittleEndian.Uint64(data)
	if size == none || size-1 > uint64(len(data)-header) {
		return nil, nil
	}
	return data[header:][:size-1], nil
}
