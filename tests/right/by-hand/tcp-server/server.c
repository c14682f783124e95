/* No look-up: the address is filled in by hand, one socket serves both families.
 * poll before accept, write instead of send, nobody waits for the children. */
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { port = 3490, backlog = 10 };

static int bound(int family, const void *address, socklen_t size)
{
	int fd = socket(family, SOCK_STREAM, IPPROTO_TCP), one = 1, zero = 0;

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
	if (bind(fd, address, size) == -1) {
		fprintf(stderr, "server: bind: %s\n", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static void greet(int fd)
{
	static const char words[] = { 'H', 'e', 'l', 'l', 'o', ',', ' ',
				      'w', 'o', 'r', 'l', 'd', '!' };

	if (write(fd, words, sizeof words) != sizeof words)
		fprintf(stderr, "server: write: %s\n", strerror(errno));
}

int main(void)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct pollfd wait = { .events = POLLIN };

	setvbuf(stdout, NULL, _IONBF, 0);
	signal(SIGCHLD, SIG_IGN);
	six.sin6_addr = in6addr_any;
	four.sin_addr.s_addr = htonl(INADDR_ANY);
	wait.fd = bound(AF_INET6, &six, sizeof six);
	if (wait.fd == -1)
		wait.fd = bound(AF_INET, &four, sizeof four);
	if (wait.fd == -1) {
		fputs("server: failed to bind\n", stderr);
		return EXIT_FAILURE;
	}
	if (listen(wait.fd, backlog) == -1) {
		perror("server: listen");
		return EXIT_FAILURE;
	}
	puts("server: waiting for connections...");
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		char name[NI_MAXHOST];
		int fd;

		if (poll(&wait, 1, -1) == -1)
			continue;
		fd = accept(wait.fd, (struct sockaddr *)&peer, &size);
		if (fd == -1)
			continue;
		if (getnameinfo((struct sockaddr *)&peer, size, name, sizeof name, NULL, 0,
				NI_NUMERICHOST) != 0)
			strcpy(name, "somewhere");
		printf("server: got connection from %s\n", name);
		switch (fork()) {
		case -1:
			perror("server: fork");
			break;
		case 0:
			close(wait.fd);
			greet(fd);
			_exit(EXIT_SUCCESS);
		}
		close(fd);
	}
}
