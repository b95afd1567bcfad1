package wasi

import (
	"encoding/binary"
	"fmt"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"strings"
)

// block is a list of strings in the form that guests get it: one after the other, each with a NUL byte at its end, and
// the offset of each.
type block struct {
	data    []byte
	offsets []uint32
}

// maxBlock bounds the bytes and the number of strings of a block, so that sizes and offsets are far from 2^32.
const maxBlock = 64 << 20

// newBlock returns the block of list.
func newBlock(list []string) (b block, err error) {
	for i, s := range list {
		if strings.IndexByte(s, 0) >= 0 {
			return block{}, fmt.Errorf("entry %d has a NUL byte: %q", i, s)
		}
		if len(b.data)+len(s) >= maxBlock {
			return block{}, fmt.Errorf("more than %d bytes", maxBlock)
		}
		b.offsets = append(b.offsets, uint32(len(b.data)))
		b.data = append(append(b.data, s...), 0)
	}
	return b, nil
}

// pointers returns the bytes that the addresses of the strings need in the guest.
func (b *block) pointers() uint64 { return 4 * uint64(len(b.offsets)) }

// bytes returns the bytes that the strings need in the guest.
func (b *block) bytes() uint64 { return uint64(len(b.data)) }

// get stores the block at the addresses in the first two slots, which were checked for its size.
func (b *block) get(c *Call) Errno {
	at := c.u32(1)
	pointers := c.at(0, b.pointers())
	for i, off := range b.offsets {
		binary.LittleEndian.PutUint32(pointers[4*i:], at+off)
		if planted.Selected == planted.ArgOrder && c.row.Name == "args_get" {
			binary.LittleEndian.PutUint32(pointers[4*(len(b.offsets)-1-i):], at+off)
		}
	}
	copy(c.at(1, b.bytes()), b.data)
	return ESUCCESS
}

// sizes stores the number of strings and their bytes.
func (b *block) sizes(c *Call) Errno {
	c.put32(0, uint32(len(b.offsets)))
	n := uint32(len(b.data))
	if planted.Selected == planted.EnvSize && c.row.Name == "environ_sizes_get" && n > 0 {
		n--
	}
	c.put32(1, n)
	return ESUCCESS
}

func argsGet(c *Call) Errno         { return c.sys.args.get(c) }
func argsSizesGet(c *Call) Errno    { return c.sys.args.sizes(c) }
func environGet(c *Call) Errno      { return c.sys.env.get(c) }
func environSizesGet(c *Call) Errno { return c.sys.env.sizes(c) }
