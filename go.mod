module github.com/touchstone-wasm/touchstone

go 1.26

require (
	github.com/AdaLogics/go-fuzz-headers v0.0.0-20240806141605-e8a1dd7889d6
	github.com/bytecodealliance/wasmtime-go/v42 v42.0.0
	github.com/google/go-cmp v0.7.0
	github.com/olekukonko/tablewriter v1.1.5
	github.com/rogpeppe/go-internal v1.16.0
	github.com/tetratelabs/wazero v1.12.0
	github.com/wasmerio/wasmer-go v1.0.4
	golang.org/x/sys v0.49.0
	golang.org/x/term v0.47.0
)
