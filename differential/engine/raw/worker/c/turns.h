#include <stdint.h>

// world is what system calls work on.
struct world {
	int dir, file;
	int conn; // to the peer, of the loops that have one
	uint16_t port; // of the peer
	const char *path, *deep, *fresh; // of files in dir, the last of which is not there
};

// find_turn returns the number of the turn of that name, or -1.
int find_turn(const char *name);

// run_turns makes n turns, stores the sum of their results, and returns 0 or an errno.
int run_turns(struct world *w, int turn, uint32_t n, uint32_t *sum);
