// Package last records the inputs that processes are working on, in files that outlive them whatever ends them.
//
// The files are in one folder. A process takes one that no other process has, and has it until it ends, so that there are as many as there
// were processes at a time. A file is mapped into memory, so that recording costs no system call. It holds the number of bytes, 8 of
// them, little-endian, then the bytes. The number is zero while the bytes are being changed.
package last

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Variable is the variable of the environment with the name of the folder.
const Variable = "TOUCHSTONE_LAST_INPUTS"

// MaxInput is the size of the largest input that is recorded. Targets are given no larger ones.
const MaxInput = 1 << 20

// header is the size of the number of bytes.
const header = 8

// none in place of the number says that nothing is recorded. An empty input has the number 1, one of a byte 2.
const none = 0

// Input is where the last input of this process is recorded. The zero value records nothing.
type Input struct {
	memory []byte
	file   *os.File // open as long as the process has it
}

// FromEnvironment takes a file in the folder that the environment names, if it does.
func FromEnvironment() (Input, error) {
	dir := os.Getenv(Variable)
	if dir == "" {
		return Input{}, nil
	}
	file, err := take(dir)
	if err != nil {
		return Input{}, err
	}
	if err := file.Truncate(header + MaxInput); err != nil {
		return Input{}, errors.Join(err, file.Close())
	}
	memory, err := syscall.Mmap(int(file.Fd()), 0, header+MaxInput, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return Input{}, errors.Join(fmt.Errorf("%s: %w", file.Name(), err), file.Close())
	}
	return Input{memory, file}, nil
}

// take opens the first file of the folder that no other process has.
func take(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		file, err := os.OpenFile(filepath.Join(dir, strconv.Itoa(i)), os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		_ = file.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
	}
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

// Read returns what processes recorded last in a folder. What was being recorded when a process was killed is left out.
func Read(dir string) (inputs [][]byte, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		data, readErr := os.ReadFile(filepath.Join(dir, e.Name()))
		if err = errors.Join(err, readErr); len(data) < header {
			continue
		}
		if size := binary.LittleEndian.Uint64(data); size != none && size-1 <= uint64(len(data)-header) {
			inputs = append(inputs, data[header:][:size-1])
		}
	}
	return inputs, err
}
