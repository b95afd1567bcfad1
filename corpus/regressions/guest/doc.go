// Package guest builds modules from short texts that people can read: the guests of the regressions.
//
// A text is a list of words; a semicolon starts a comment. There are two forms. One describes a module:
//
//	memory 1 4                              ; pages at the start, at most
//	table 10 20 funcref                     ; elements at the start, at most, type
//	global i64 7                            ; type and constant; all are mutable
//	data 64 "text"                          ; active data segment; "passive" instead of the address
//	elem 0 ( f g null )                     ; active element segment; "passive" instead of the index
//	custom "name" "bytes"                   ; custom section
//	import env f i:i                        ; a function of the host, of a type in the letters of wasm.SigTypes
//	func f ii:i locals I { local.get 0 }    ; a function; the instructions are those of the opcode table
//	step s :i { i32.const 1 call f }        ; an exported function
//	start f
//
// Steps are what a guest does: exported functions without parameters, called in this order. A step can also be hostcalls:
//
//	step open path_open dir follow "a/b" creat read|write 0 0 &fd
//	step read fd_read *fd [ &buf:64 100:8 ] &n
//	step many 1000 * fd_write 1 [ "x" ] &n then fd_close 9
//
// It returns the first errno that is not 0, and 0 otherwise; the last one repeats two calls up to 1000 times. Arguments are
// numbers, sums of names with "|" (see the constants in this package), "dir" and "dir2" for the preopened directories, a text for
// its address and length, "[…]" for the address and number of buffers, "{u32:1 u8:0 pad:3 u32:*fd}" for the address of a structure;
// &name is the address of a place in memory that the text names, 64 bytes or as many as :N says, and *name the number of 32 bits in it.
// Host functions of WASI are imported because they are used.
//
// The other form is bytes, for modules that no encoder would write. It begins with the word "binary":
//
//	binary "\x00asm" 01 00 00 00
//	01 { 01 60 00 00 }                      ; braces write the length of what is in them first, as LEB128
//	00 { 04 "name" u:70000 s:-1 }           ; numbers as LEB128, unsigned and signed
//
// In both forms "repeat 1000 ( … )" stands for a thousand copies; in the first it can stand for instructions and labels.
package guest
