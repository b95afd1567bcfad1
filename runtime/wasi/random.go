package wasi

import (
	"io"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// randomChunk is how many bytes are drawn between two looks at the context: about a tenth of a millisecond's worth.
const randomChunk = 64 << 10

// randomGet fills the buffer in place: no memory of the host grows with the guest's wish.
func randomGet(c *Call) Errno {
	buf := c.at(0, uint64(c.u32(1)))
	if !c.allowPlain(policy.Random, uint64(len(buf))) {
		return EPERM
	}
	if planted.Selected == planted.RandomTail {
		buf = buf[:min(len(buf), 256)]
	}
	for len(buf) > 0 {
		n := min(len(buf), randomChunk)
		if c.sys.random == nil {
			hostos.Random(buf[:n])
		} else if _, err := io.ReadFull(c.sys.random, buf[:n]); err != nil {
			return EIO
		}
		if buf = buf[n:]; len(buf) > 0 && c.ctx.Err() != nil {
			return c.interrupted()
		}
	}
	return ESUCCESS
}
