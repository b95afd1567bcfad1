// Packs what it reads by liblzma, unpacks that again, compares, and prints the packed bytes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <lzma.h>

int main(void) {
	static uint8_t text[1 << 20], back[sizeof text];
	size_t size = fread(text, 1, sizeof text, stdin), bound = lzma_stream_buffer_bound(size);
	uint8_t *packed = malloc(bound);
	size_t written = 0, read = 0, restored = 0;
	uint64_t memory = UINT64_MAX;
	if (!packed || lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, text, size, packed, &written, bound) != LZMA_OK)
		return 1;
	if (lzma_stream_buffer_decode(&memory, 0, NULL, packed, &read, written, back, &restored, sizeof back) != LZMA_OK)
		return 2;
	if (restored != size || memcmp(text, back, size))
		return 3;
	return fwrite(packed, 1, written, stdout) == written ? 0 : 4;
}
