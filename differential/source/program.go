package source

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// isProgram reports whether the file holds a sequence of hostcalls in the text form of [hostcall.Format].
func isProgram(path string) bool { return strings.HasSuffix(path, ".hostcalls") }

// compile makes the case, whose Module is such a text, the module that makes its calls. Each exports its errno as a global. No engine
// lets something be done between the calls, or system calls fail: if there is such a thing, the name says that it is left out.
func (c *Case) compile() {
	calls, err := hostcall.Parse(string(c.Module))
	if err != nil {
		c.Module, c.Err = nil, fmt.Errorf("%s: %w", c.Path, err)
		return
	}
	for i := range calls {
		if calls[i].Before != nil || calls[i].Fault != nil {
			c.Name = c.Path + ", without what the host does and faults"
		}
		c.Calls = append(c.Calls, hostcall.Errno(i, calls[i].Row))
	}
	c.Module = wasm.Encode(hostcall.Compile(calls, hostcall.Alone))
}
