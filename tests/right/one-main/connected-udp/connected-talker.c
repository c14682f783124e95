/* A connected talker in one big main; select keeps the time. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct addrinfo hints, *all, *one;
	struct timeval second = {1, 0};
	char text[INET6_ADDRSTRLEN], answer[100];
	int fd = -1, error, sockets = 0;
	fd_set readable;
	ssize_t n;

	if (argc != 3) {
		fprintf(stderr, "usage: connected-talker hostname message\n");
		exit(1);
	}
	memset(&hints, 0, sizeof hints);
	hints.ai_family = AF_INET6;
	hints.ai_socktype = SOCK_DGRAM;
	error = getaddrinfo(argv[1], "4950", &hints, &all);
	if (error) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
		exit(1);
	}
	for (one = all; one; one = one->ai_next) {
		fd = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
		if (fd == -1) {
			perror("connected-talker: socket");
			continue;
		}
		sockets++;
		if (connect(fd, one->ai_addr, one->ai_addrlen) != -1)
			break;
		perror("connected-talker: connect");
		close(fd);
	}
	if (!one) {
		fprintf(stderr, "connected-talker: failed to %s\n",
			sockets ? "connect" : "create socket");
		exit(2);
	}
	inet_ntop(AF_INET6, &((struct sockaddr_in6 *)one->ai_addr)->sin6_addr, text, sizeof text);
	printf("connected-talker: connected to %s\n", text);
	freeaddrinfo(all);

	n = send(fd, argv[2], strlen(argv[2]), 0);
	if (n == -1) {
		perror("connected-talker: send");
		exit(1);
	}
	printf("connected-talker: sent %d bytes to %s\n", (int)n, argv[1]);

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	if (select(fd + 1, &readable, NULL, NULL, &second) == 0) {
		printf("connected-talker: no reply\n");
		exit(0);
	}
	n = recv(fd, answer, sizeof answer - 1, 0);
	if (n == -1) {
		perror("connected-talker: recv");
		exit(1);
	}
	answer[n] = 0;
	printf("connected-talker: received \"%s\"\n", answer);
	exit(0);
}
