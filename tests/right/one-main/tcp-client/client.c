/*
 * client, in one main: everything in the order in which it happens, one recv, exit
 * wherever there is nothing left to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <netdb.h>
#include <arpa/inet.h>
#include <netinet/in.h>

int main(int argc, char **argv)
{
	struct addrinfo hints, *servers, *s;
	char where[INET6_ADDRSTRLEN];
	char reply[100];
	const void *in;
	ssize_t n;
	int fd = -1, err;

	if (argc != 2) {
		fputs("usage: client hostname\n", stderr);
		return 1;
	}

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_family = AF_UNSPEC;

	err = getaddrinfo(argv[1], "3490", &hints, &servers);
	if (err) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(err));
		exit(1);
	}

	for (s = servers; s != NULL; s = s->ai_next) {
		fd = socket(s->ai_family, s->ai_socktype, s->ai_protocol);
		if (fd == -1) {
			perror("client: socket");
			continue;
		}
		if (connect(fd, s->ai_addr, s->ai_addrlen) != -1)
			break;
		perror("client: connect");
		close(fd);
	}

	if (s == NULL) {
		fputs("client: failed to connect\n", stderr);
		exit(2);
	}

	if (s->ai_family == AF_INET)
		in = &((struct sockaddr_in *)s->ai_addr)->sin_addr;
	else
		in = &((struct sockaddr_in6 *)s->ai_addr)->sin6_addr;
	printf("client: connecting to %s\n",
	       inet_ntop(s->ai_family, in, where, sizeof(where)));
	freeaddrinfo(servers);

	n = recv(fd, reply, 99, 0);
	if (n == -1) {
		perror("recv");
		exit(1);
	}
	reply[n] = 0;
	printf("client: received '%s'\n", reply);

	close(fd);
	return 0;
}
