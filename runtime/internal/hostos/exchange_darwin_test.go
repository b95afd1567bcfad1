package hostos

import "golang.org/x/sys/unix"

// exchange swaps two names at one moment.
func exchange(a, b string) { unix.RenamexNp(a, b, unix.RENAME_SWAP) }
