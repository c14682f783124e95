/* Talks much, on both streams, and knows before it asks how long a datagram can be. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char buffer[1 << 16];
	struct addrinfo *hints = calloc(1, sizeof *hints), *list = NULL, *p;
	size_t length;
	int status = 1, fd = -1, error;

	setvbuf(stdout, NULL, _IOFBF, 1 << 15);
	puts("talker: hello, this is the talker");
	if (argc != 3) {
		fputs("talker: two words are needed, a host and a message\n", stderr);
		fputs("usage: talker hostname message\n", stderr);
		exit(EXIT_FAILURE);
	}
	length = strlen(argv[2]);
	printf("talker: looking up %s\n", argv[1]);
	hints->ai_family = PF_INET6;
	hints->ai_socktype = SOCK_DGRAM;
	if ((error = getaddrinfo(argv[1], "4950", hints, &list))) {
		fprintf(stderr, "talker: the look-up failed\n");
		fprintf(stderr, "getaddrinfo: %s (error %d)\n", gai_strerror(error), error);
		goto out;
	}
	for (p = list; p && fd < 0; p = p->ai_next)
		fd = socket(PF_INET6, SOCK_DGRAM, 0);
	if (fd < 0) {
		perror("talker: socket");
		fprintf(stderr, "talker: failed to create socket\n");
		status = 2;
		goto out;
	}
	if (length > 65535 - 8) {
		fprintf(stderr, "talker: sendto: %zu bytes are too many for a datagram\n", length);
		goto out;
	}
	memcpy(buffer, argv[2], length);
	for (p = list; p && status; p = p->ai_next) {
		printf("talker: sending %zu bytes\n", length);
		if (sendto(fd, buffer, length, MSG_CONFIRM, p->ai_addr, p->ai_addrlen) < 0)
			perror("talker: sendto");
		else
			status = 0;
	}
	if (status == 0)
		printf("talker: sent %zu bytes to %s\ntalker: good bye\n", length, argv[1]);
out:
	if (fd >= 0)
		close(fd);
	if (list)
		freeaddrinfo(list);
	free(hints);
	return status;
}
