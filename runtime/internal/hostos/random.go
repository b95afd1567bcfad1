package hostos

import "crypto/rand"

// Random fills b from the host's cryptographic source. It always fills all of b: where the source fails, the standard
// library ends the process rather than go on with weak bytes.
func Random(b []byte) { rand.Read(b) }
