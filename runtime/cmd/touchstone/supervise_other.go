//go:build !linux

package main

import (
	"os"
	"syscall"
)

// endWithParent has nothing to ask of this system.
func endWithParent() *syscall.SysProcAttr { return nil }

// ownProgram returns the program of this process.
func ownProgram() (string, error) { return os.Executable() }
