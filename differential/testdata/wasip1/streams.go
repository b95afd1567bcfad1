package main

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

// worldTask prints the arguments and the environment, checks what only has a shape (clocks), and exits with status 37.
func worldTask(args []string) error {
	fmt.Printf("%q\n", args[1:])
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool { return !strings.HasPrefix(kv, "TEST_") })
	slices.Sort(env)
	fmt.Printf("%q\n", env)
	begun := time.Now()
	time.Sleep(3 * time.Millisecond)
	fmt.Println(time.Since(begun) >= 3*time.Millisecond, begun.Year() >= 2020)
	fmt.Println(math.Sqrt(2), math.Sin(1e6), float32(1)/3, math.Inf(-1), -math.MaxInt64)
	fmt.Fprintln(os.Stderr, "leaving")
	os.Exit(37)
	return nil
}

// stdinTask numbers the lines of its input, and says on stderr what there was.
func stdinTask([]string) error {
	hash := crc32.NewIEEE()
	in := bufio.NewScanner(io.TeeReader(os.Stdin, hash))
	in.Buffer(nil, 1<<20)
	words, n := map[string]int{}, 0
	for in.Scan() {
		n++
		fmt.Printf("%4d %s\n", n, strings.ToUpper(in.Text()))
		for w := range strings.FieldsSeq(in.Text()) {
			words[w]++
		}
	}
	fmt.Fprintf(os.Stderr, "%d lines, %d words, crc %08x\n", n, len(words), hash.Sum32())
	return in.Err()
}

// panicTask dies as a Go program does: a message on stderr, status 2.
func panicTask(args []string) error {
	defer fmt.Println("deferred")
	var m map[string]int
	m[args[0]] = 1
	return nil
}
