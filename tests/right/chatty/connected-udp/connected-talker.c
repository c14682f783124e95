/* Talks much, binds no socket, never blocks: it looks again and again until the second
 * is over, with a little sleep between. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ME "connected-talker: "

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(int status, const char *what)
{
	fprintf(stderr, ME "%s: %s\n", what, strerror(errno));
	fprintf(stderr, ME "that is the end\n");
	exit(status);
}

int main(int argc, char **argv)
{
	struct addrinfo hints, *list, *p;
	char address[INET6_ADDRSTRLEN], *answer = malloc(100);
	int fd = -1, error;
	double end;
	ssize_t n;

	fputs(ME "hello\n", stderr);
	if (argc != 3) {
		fprintf(stderr, "usage: connected-talker hostname message\n");
		return 1;
	}
	memset(&hints, 0, sizeof hints);
	hints.ai_family = AF_INET6;
	hints.ai_protocol = IPPROTO_UDP;
	if ((error = getaddrinfo(argv[1], "4950", &hints, &list))) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
		return 1;
	}
	for (p = list; p; p = p->ai_next) {
		if (fd < 0)
			fd = socket(p->ai_family, p->ai_socktype | SOCK_NONBLOCK, p->ai_protocol);
		if (fd >= 0 && connect(fd, p->ai_addr, p->ai_addrlen) == 0)
			break;
		printf(ME "one address less\n");
	}
	if (!p) {
		fprintf(stderr, ME "failed to %s\n", fd < 0 ? "create socket" : "connect");
		return 2;
	}
	inet_ntop(AF_INET6, &((struct sockaddr_in6 *)p->ai_addr)->sin6_addr, address,
	          sizeof address);
	printf(ME "now it is serious\n" ME "connected to %s\n", address);
	n = send(fd, argv[2], strlen(argv[2]), 0);
	if (n < 0)
		die(1, "send");
	printf(ME "sent %ld bytes to %s\n", (long)n, argv[1]);
	end = now() + 1;
	while ((n = recv(fd, answer, 99, 0)) < 0 && errno == EAGAIN && now() < end)
		nanosleep(&(struct timespec){0, 2000000}, NULL);
	if (n < 0 && errno != EAGAIN)
		die(1, "recv");
	if (n < 0) {
		printf(ME "no reply\n");
	} else {
		answer[n] = '\0';
		printf(ME "received \"%s\"\n", answer);
	}
	printf(ME "good bye\n");
	freeaddrinfo(list);
	free(answer);
	return 0;
}
