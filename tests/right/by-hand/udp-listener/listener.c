/* No look-up: the address is filled in by hand. Nothing is received before poll says
 * that there is something, and the socket does not block. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_port(unsigned short port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);

	if (fd == -1) {
		fprintf(stderr, "listener: socket: %s\n", strerror(errno));
		return -1;
	}
	any.sin6_addr = in6addr_any;
	if (bind(fd, (struct sockaddr *)&any, sizeof any) == -1) {
		fprintf(stderr, "listener: bind: %s\n", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

int main(void)
{
	static char datagram[65536];
	struct sockaddr_in6 from;
	socklen_t from_size;
	struct pollfd ready;
	char name[INET6_ADDRSTRLEN];
	ssize_t size;
	int fd = open_port(4950);

	if (fd == -1) {
		fputs("listener: failed to bind socket\n", stderr);
		return 2;
	}
	fputs("listener: waiting to recvfrom...\n", stdout);
	fflush(stdout);

	ready.fd = fd;
	ready.events = POLLIN;
	for (;;) {
		if (poll(&ready, 1, 10) == -1 && errno != EINTR)
			return 1;
		from_size = sizeof from;
		size = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &from_size);
		if (size >= 0)
			break;
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
			perror("listener: recvfrom");
			return 1;
		}
	}

	inet_ntop(AF_INET6, &from.sin6_addr, name, sizeof name);
	printf("listener: got packet from %s\n", name);
	/* There is room for a whole datagram, but 99 bytes of it are all that counts. */
	printf("listener: packet is %d bytes long\n", size > 99 ? 99 : (int)size);
	printf("listener: packet contains \"%.99s\"\n", datagram);
	if (size > 99)
		puts("listener: packet was truncated");
	return 0;
}
