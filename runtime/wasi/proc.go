package wasi

import (
	goruntime "runtime"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

func procExit(c *Call) Errno {
	if c.allow(policy.Effect{Op: policy.Exit, Num: uint64(c.u32(0))}) {
		c.fail = &runtime.ExitError{Code: c.u32(0)}
	}
	return ESUCCESS
}

func schedYield(c *Call) Errno {
	goruntime.Gosched()
	return ESUCCESS
}
