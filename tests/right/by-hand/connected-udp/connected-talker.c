/* The address is filled in by hand; poll keeps the time, read and write do the rest. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fill_in(struct sockaddr_in6 *to, const char *host)
{
	struct addrinfo want = {0}, *found;
	int error = 0;

	memset(to, 0, sizeof *to);
	if (inet_pton(AF_INET6, host, &to->sin6_addr) != 1) {
		want.ai_family = AF_INET6;
		error = getaddrinfo(host, NULL, &want, &found);
		if (error)
			return error;
		memcpy(to, found->ai_addr, sizeof *to);
		freeaddrinfo(found);
	}
	to->sin6_family = AF_INET6;
	to->sin6_port = htons(4950);
	return 0;
}

int main(int argc, char **argv)
{
	char address[INET6_ADDRSTRLEN], answer[1000];
	struct sockaddr_in6 to;
	struct pollfd udp = {.events = POLLIN};
	ssize_t n;
	int error;

	if (argc != 3) {
		fprintf(stderr, "usage: %s hostname message\n", argv[0]);
		return 1;
	}
	error = fill_in(&to, argv[1]);
	if (error) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
		return 1;
	}
	udp.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	if (udp.fd < 0) {
		fprintf(stderr, "connected-talker: failed to create socket\n");
		return 2;
	}
	if (connect(udp.fd, (struct sockaddr *)&to, sizeof to) < 0) {
		fprintf(stderr, "connected-talker: failed to connect\n");
		return 2;
	}
	printf("connected-talker: connected to %s\n",
	       inet_ntop(AF_INET6, &to.sin6_addr, address, sizeof address));
	n = write(udp.fd, argv[2], strlen(argv[2]));
	if (n < 0) {
		perror("connected-talker: send");
		return 1;
	}
	printf("connected-talker: sent %zd bytes to %s\n", n, argv[1]);
	if (poll(&udp, 1, 1000) == 0) {
		puts("connected-talker: no reply");
		return 0;
	}
	n = read(udp.fd, answer, sizeof answer);
	if (n < 0) {
		perror("connected-talker: recv");
		return 1;
	}
	/* What is printed of it is at most 99 bytes. */
	printf("connected-talker: received \"%.*s\"\n", n > 99 ? 99 : (int)n, answer);
	return 0;
}
