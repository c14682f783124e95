/* A talker in one big main: every step in its place, every failure an exit. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct addrinfo hints, *all, *one;
	int fd = -1, error, n;

	if (argc != 3) {
		fprintf(stderr, "usage: talker hostname message\n");
		return 1;
	}
	memset(&hints, 0, sizeof hints);
	hints.ai_family = AF_INET6;
	hints.ai_socktype = SOCK_DGRAM;
	if ((error = getaddrinfo(argv[1], "4950", &hints, &all)) != 0) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
		return 1;
	}
	for (one = all; one; one = one->ai_next)
		if ((fd = socket(one->ai_family, one->ai_socktype, one->ai_protocol)) != -1)
			break;
	if (!one) {
		fprintf(stderr, "talker: failed to create socket\n");
		return 2;
	}
	n = (int)sendto(fd, argv[2], strlen(argv[2]), 0, one->ai_addr, one->ai_addrlen);
	if (n == -1) {
		perror("talker: sendto");
		exit(1);
	}
	freeaddrinfo(all);
	printf("talker: sent %d bytes to %s\n", n, argv[1]);
	close(fd);
	return 0;
}
