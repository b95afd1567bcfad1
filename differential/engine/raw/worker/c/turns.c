// The same loops as those in Go beside this folder.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "turns.h"

static char buf[64 << 10];

static int64_t turn_loop(struct world *w) { (void)w; return 1; }
static int64_t turn_read(struct world *w) { return read(w->file, buf, 64); }
static int64_t turn_read_1(struct world *w) { return read(w->file, buf, 1); }
static int64_t turn_read_64k(struct world *w) { return read(w->file, buf, sizeof buf); }
static int64_t turn_write(struct world *w) { return write(w->file, buf, 64); }
static int64_t turn_write_1(struct world *w) { return write(w->file, buf, 1); }

static int64_t turn_fstat(struct world *w) {
	struct stat st;
	return fstat(w->file, &st) < 0 ? -1 : st.st_size;
}

static int64_t stat_at(struct world *w, const char *path) {
	struct stat st;
	return fstatat(w->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : st.st_size;
}
static int64_t turn_stat(struct world *w) { return stat_at(w, w->path); }
static int64_t turn_stat_deep(struct world *w) { return stat_at(w, w->deep); }

static int64_t open_at(struct world *w, const char *path) {
	int fd = openat(w->dir, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 || close(fd) < 0 ? -1 : 1;
}
static int64_t turn_open(struct world *w) { return open_at(w, w->path); }
static int64_t turn_open_deep(struct world *w) { return open_at(w, w->deep); }

static int64_t turn_fcntl(struct world *w) { return fcntl(w->file, F_GETFL) < 0 ? -1 : 1; }
static int64_t turn_yield(struct world *w) { (void)w; return sched_yield() < 0 ? -1 : 1; }

static int64_t turn_clock(struct world *w) {
	struct timespec ts;
	(void)w;
	return clock_gettime(CLOCK_MONOTONIC, &ts) < 0 ? -1 : 1;
}

static int64_t turn_random(struct world *w) { (void)w; return getentropy(buf, 16) < 0 ? -1 : 1; }

static int64_t turn_poll(struct world *w) {
	(void)w;
	while (poll(NULL, 0, 0) < 0) /* Go's runtime sends signals, which are no failure */
		if (errno != EINTR)
			return -1;
	return 1;
}

static int64_t turn_poll_10(struct world *w) {
	struct pollfd fds[10];
	for (int i = 0; i < 10; i++)
		fds[i] = (struct pollfd){.fd = w->file, .events = POLLIN};
	while (poll(fds, 10, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 1; /* like the guest's loop, it counts calls */
}

static int64_t create(struct world *w, size_t size) {
	int fd = openat(w->dir, w->fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	int failed = size > 0 && write(fd, buf, size) != (ssize_t)size;
	failed |= close(fd) < 0;
	failed |= unlinkat(w->dir, w->fresh, 0) < 0;
	return failed ? -1 : 1;
}
static int64_t turn_create_0k(struct world *w) { return create(w, 0); }
static int64_t turn_create_1k(struct world *w) { return create(w, 1 << 10); }
static int64_t turn_create_4k(struct world *w) { return create(w, 4 << 10); }
static int64_t turn_create_10k(struct world *w) { return create(w, 10 << 10); }

static int64_t turn_lat_tcp(struct world *w) {
	ssize_t n = send(w->conn, buf, 1, 0), m = recv(w->conn, buf, 1, 0);
	return n < 0 || m < 0 ? -1 : n + m;
}

/* A block, in as many calls as it takes. */
static int64_t turn_bw_tcp_rd(struct world *w) {
	size_t total = 0;
	while (total < sizeof buf) {
		ssize_t n = recv(w->conn, buf, sizeof buf - total, 0);
		if (n <= 0)
			return n < 0 ? -1 : (int64_t)total;
		total += n;
	}
	return total;
}

static int64_t turn_bw_tcp_wr(struct world *w) {
	size_t total = 0;
	while (total < sizeof buf) {
		ssize_t n = send(w->conn, buf, sizeof buf - total, 0);
		if (n < 0)
			return -1;
		total += n;
	}
	return total;
}

static int64_t turn_connect(struct world *w) {
	static const char echo[9] = {1, 0, 0, 0, 1}; /* asks the peer for an echo, with a byte behind it */
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(w->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	ssize_t n = -1, m = -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
		n = send(fd, echo, sizeof echo, 0);
		m = recv(fd, buf, 1, 0);
	}
	return close(fd) < 0 || n < 0 || m < 0 ? -1 : n + m;
}

static const struct {
	const char *name;
	int64_t (*turn)(struct world *);
} turns[] = {
	{"loop", turn_loop},
	{"fd_read", turn_read},
	{"read_1", turn_read_1},
	{"read_64k", turn_read_64k},
	{"fd_write", turn_write},
	{"write_1", turn_write_1},
	{"fd_filestat_get", turn_fstat},
	{"path_filestat_get", turn_stat},
	{"path_filestat_get_deep", turn_stat_deep},
	{"path_open", turn_open},
	{"path_open_deep", turn_open_deep},
	{"fd_fdstat_get", turn_fcntl},
	{"sched_yield", turn_yield},
	{"clock_time_get", turn_clock},
	{"random_get", turn_random},
	{"poll_oneoff", turn_poll},
	{"poll_10", turn_poll_10},
	{"lat_tcp", turn_lat_tcp},
	{"bw_tcp_rd", turn_bw_tcp_rd},
	{"bw_tcp_wr", turn_bw_tcp_wr},
	{"lat_connect", turn_connect},
	{"create_0k", turn_create_0k},
	{"create_1k", turn_create_1k},
	{"create_4k", turn_create_4k},
	{"create_10k", turn_create_10k},
};

int find_turn(const char *name) {
	for (int i = 0; i < (int)(sizeof turns / sizeof *turns); i++)
		if (strcmp(turns[i].name, name) == 0)
			return i;
	return -1;
}

int run_turns(struct world *w, int turn, uint32_t n, uint32_t *sum) {
	*sum = 0;
	w->file = openat(w->dir, w->path, O_RDWR | O_CLOEXEC);
	if (w->file < 0)
		return errno;
	int failed = 0;
	for (; n > 0 && !failed; n--) {
		int64_t result = turns[turn].turn(w);
		if (result < 0)
			failed = errno;
		*sum += (uint32_t)result;
	}
	close(w->file);
	return failed;
}
