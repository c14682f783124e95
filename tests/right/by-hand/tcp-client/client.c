/*
 * client, by hand: a numeric address is read by inet_pton, a name by gethostbyname2,
 * once for each family; read and poll instead of recv; the text is never a string.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 3490, MOST = 99 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int tried_all(void)
{
	fprintf(stderr, "client: failed to connect\n");
	return 2;
}

/* Reads to the end of the stream, 99 bytes at most, waiting with poll. */
static int talk(int fd, const union address *a, socklen_t size)
{
	char text[NI_MAXHOST], reply[MOST];
	size_t have = 0;

	if (getnameinfo(&a->any, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
		fprintf(stdout, "client: connecting to %s\n", text);

	while (have < MOST) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (poll(&p, 1, -1) < 0 && errno == EINTR)
			continue;
		got = read(fd, reply + have, MOST - have);
		if (got < 0) {
			fprintf(stderr, "recv: %s\n", strerror(errno));
			close(fd);
			return 1;
		}
		if (got == 0)
			break;
		have += (size_t)got;
	}
	fputs("client: received '", stdout);
	fwrite(reply, 1, have, stdout);
	fputs("'\n", stdout);
	close(fd);
	return 0;
}

/* Returns a connection, or -1 after a word why there is none. */
static int dial(const union address *a, socklen_t size)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM, 0);

	if (fd < 0) {
		perror("client: socket");
		return -1;
	}
	if (connect(fd, &a->any, size) < 0) {
		int error = errno;

		close(fd);
		fprintf(stderr, "client: connect: %s\n", strerror(error));
		return -1;
	}
	return fd;
}

static socklen_t fill(union address *a, int family, const void *in)
{
	memset(a, 0, sizeof *a);
	a->any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		a->v4.sin_port = htons(PORT);
		memcpy(&a->v4.sin_addr, in, sizeof a->v4.sin_addr);
		return sizeof a->v4;
	}
	a->v6.sin6_port = htons(PORT);
	memcpy(&a->v6.sin6_addr, in, sizeof a->v6.sin6_addr);
	return sizeof a->v6;
}

int main(int argc, char *argv[])
{
	static const int families[] = { AF_INET6, AF_INET };
	union address a;
	unsigned char in[16];
	socklen_t size;
	bool found = false;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: %s hostname\n", "client");
		exit(EXIT_FAILURE);
	}
	for (int i = 0; i < 2; i++) {
		if (inet_pton(families[i], argv[1], in) != 1)
			continue;
		size = fill(&a, families[i], in);
		fd = dial(&a, size);
		return fd < 0 ? tried_all() : talk(fd, &a, size);
	}
	for (int i = 0; i < 2; i++) {
		struct hostent *host = gethostbyname2(argv[1], families[i]);

		for (int k = 0; host && host->h_addr_list[k]; k++) {
			found = true;
			size = fill(&a, families[i], host->h_addr_list[k]);
			fd = dial(&a, size);
			if (fd >= 0)
				return talk(fd, &a, size);
		}
	}
	if (found)
		return tried_all();
	fprintf(stderr, "getaddrinfo: %s: %s\n", argv[1], hstrerror(h_errno));
	return 1;
}
