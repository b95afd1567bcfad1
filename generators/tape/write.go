package tape

import "math/rand/v2"

// AppendFrame appends a frame that reads as payload and ends with a delimiter. Payloads whose escaped form is longer than
// [MaxFrame] are read as several frames.
func AppendFrame(dst, payload []byte) []byte {
	for _, b := range payload {
		if isDelim(b) || b == escape {
			dst = append(dst, escape, b^escapeFlip)
		} else {
			dst = append(dst, b)
		}
	}
	return append(dst, delimBits)
}

// Random returns a tape of n frames of random bytes with lengths from 4 to 35 bytes. The same seed gives the same tape, for
// ever: seeds are printed, and what is printed must reproduce.
func Random(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0x746f756368))
	var out []byte
	payload := make([]byte, 0, 36)
	for range n {
		payload = payload[:4+r.IntN(32)]
		for i := range payload {
			payload[i] = byte(r.Uint32())
		}
		out = AppendFrame(out, payload)
	}
	return out
}
