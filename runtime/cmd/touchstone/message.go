package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessage bounds a message in bytes: names that a guest chose can be as large as its module.
const maxMessage = 2000

// report prints one line to w. Whatever the guest put into msg, it stays one line and carries no terminal control.
func report(w io.Writer, msg string) {
	fmt.Fprintln(w, "touchstone: "+oneLine(msg))
}

// oneLine returns s with every character that is not printable escaped as in a Go string, cut to maxMessage.
func oneLine(s string) string {
	var b strings.Builder
	for i, r := range s {
		if b.Len() > maxMessage {
			return b.String() + "…"
		}
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			fmt.Fprintf(&b, `\x%02x`, s[i])
			continue
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
	}
	return b.String()
}
