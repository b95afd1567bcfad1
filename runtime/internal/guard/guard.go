// Package guard names the checks with which hostcalls and the host's system calls are kept from harm, so that tests can take
// one away at a time and see that the monitor stops what then happens (go test -tags mutate). In every other build [Off]
// is the constant false, and the compiler leaves nothing of it.
package guard

// Guard is one check.
type Guard uint8

// The guards. None is no guard.
const (
	None          Guard = iota
	MemoryBounds        // an address that the guest passes is inside its memory
	MemoryProtect       // it is not in a range that the policy protects
	IovecBuffers        // the buffers of an array of buffers are looked at, each
	IovecWrites         // buffers that are filled are checked for writing, not for reading
	ResultPointer       // the address of a result is looked at before the call
	BufferLength        // a buffer is looked at with the length that the guest passed
	FDForget            // a closed descriptor is forgotten
	FDFree              // a new descriptor has a number that is free
	FDLimit             // a new descriptor has a number below the limit
	FDRights            // a descriptor has the rights that the call needs, if it is the call's first
	FDRightsOther       // the same for the call's second
	PollRights          // the same for descriptors that are polled
	SetRights           // rights are given up, not gained
	OpenRights          // the directory has the rights that the flags of path_open need
	OpenInherit         // the directory hands on the rights that path_open asks for
	GrantInherit        // what was opened has no other rights than those that are handed on
	ReadOnly            // a read-only preopen has no rights to change anything
	PathEmpty           // a path is not empty
	PathLength          // it is shorter than PATH_MAX
	PathUTF8            // it is UTF-8
	PathNUL             // it has no NUL byte
	PathAbsolute        // it is relative
	LinkTarget          // a link that a guest makes is relative
	LinkShown           // the absolute target of a link is not shown
	RenumberClose       // what had the number is closed
	RenumberOpen        // the number is that of an open descriptor
	PrestatLength       // the name of a preopen stays inside the buffer
	StreamLength        // an embedder's Reader cannot claim more bytes than there was room for
	Devices             // devices are not opened
	KernelBeneath       // the kernel resolves beneath the directory
	WalkUp              // the walk does not leave the directory by ".."
	WalkLink            // the walk does not follow an absolute link
	WalkNoFollow        // the walk opens no link
	End                 // the number of guards
)

// String returns the name of g.
func (g Guard) String() string { return names[g] }

var names = [End]string{"None", "MemoryBounds", "MemoryProtect", "IovecBuffers", "IovecWrites", "ResultPointer", "BufferLength", "FDForget",
	"FDFree", "FDLimit", "FDRights", "FDRightsOther", "PollRights", "SetRights", "OpenRights", "OpenInherit", "GrantInherit",
	"ReadOnly", "PathEmpty", "PathLength", "PathUTF8", "PathNUL", "PathAbsolute", "LinkTarget", "LinkShown", "RenumberClose",
	"RenumberOpen", "PrestatLength", "StreamLength", "Devices", "KernelBeneath", "WalkUp",
	"WalkLink", "WalkNoFollow"}
