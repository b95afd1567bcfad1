package timing

// MadeCall is a hostcall of preview 1 that a program has made, for programs without a guest that make the system calls it stands for.
type MadeCall struct {
	Name    string
	Args    []uint64         // the core arguments; addresses mean nothing
	Inputs  map[int][]byte   // by the slot of an address: what the call read there, such as a path
	Buffers map[int][]Buffer // by the slot of an address: the buffers that an array there names
	Opened  uint32           // the descriptor that the call returned, if it opened something
	Failed  bool
}

// Buffer is one of the buffers that a call reads or fills.
type Buffer struct {
	Size uint32
	Data []byte // empty if it is filled
}
