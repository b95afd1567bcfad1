package wasi

// notASocket is the answer of the socket calls on an open descriptor: guests have no sockets.
func notASocket(*Call) Errno { return ENOTSOCK }
