package wasi

import (
	"net/netip"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// refuse tells [Config.NetRefused] that a rule kept the call from using an address. dir is 0 if it is about the protocol alone.
func (c *Call) refuse(p policy.Proto, dir policy.Direction, a netip.AddrPort, rule string) {
	if c.sys.netRefused != nil {
		c.sys.netRefused(&policy.NetRefusal{Rule: rule, Hostcall: c.row.Name, Proto: p, Dir: dir, Addr: a})
	}
}

// refuseName tells [Config.NetRefused] that a name is in no rule.
func (c *Call) refuseName(name string) {
	if c.sys.netRefused != nil {
		c.sys.netRefused(&policy.NetRefusal{Rule: "net-name", Hostcall: c.row.Name, Dir: policy.Out, Proto: policy.TCP, Name: name})
	}
}
