/* Says more than it is asked to, on both streams, and leaves by exit from a function
 * far down; memory comes from malloc; a select with a time-out, over and over. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static void give_up(const char *last_words, int status)
{
	fprintf(stderr, "%s\n", last_words);
	fprintf(stderr, "listener: giving up\n");
	exit(status);
}

static int make_socket(void)
{
	struct addrinfo *hints = calloc(1, sizeof *hints), *result = NULL, *entry;
	int sock, off = 0, error;

	hints->ai_family = AF_INET6;
	hints->ai_socktype = SOCK_DGRAM;
	hints->ai_protocol = IPPROTO_UDP;
	hints->ai_flags = AI_PASSIVE;
	fprintf(stderr, "listener: looking up my own address\n");
	error = getaddrinfo(NULL, "4950", hints, &result);
	free(hints);
	if (error) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
		exit(EXIT_FAILURE);
	}
	for (entry = result; entry; entry = entry->ai_next) {
		sock = socket(entry->ai_family, entry->ai_socktype, entry->ai_protocol);
		if (sock < 0) {
			perror("listener: socket");
			continue;
		}
		if (setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
			perror("listener: setsockopt");
		if (bind(sock, entry->ai_addr, entry->ai_addrlen) == 0) {
			freeaddrinfo(result);
			return sock;
		}
		perror("listener: bind");
		fprintf(stderr, "listener: trying the next address\n");
		close(sock);
	}
	freeaddrinfo(result);
	give_up("listener: failed to bind socket", 2);
	return -1;
}

static void take_one(int sock)
{
	struct sockaddr_in6 *from = malloc(sizeof *from);
	socklen_t length = sizeof *from;
	char *text = malloc(100), name[INET6_ADDRSTRLEN] = "";
	ssize_t got = recvfrom(sock, text, 99, 0, (struct sockaddr *)from, &length);

	if (got < 0) {
		perror("listener: recvfrom");
		exit(1);
	}
	text[got] = 0;
	inet_ntop(from->sin6_family, &from->sin6_addr, name, sizeof name);
	printf("listener: got packet from %s\n", name);
	printf("listener: (it came from port %d there)\n", ntohs(from->sin6_port));
	printf("listener: packet is %zd bytes long\n", got);
	printf("listener: packet contains \"%s\"\n", text);
	printf("listener: good bye\n");
	free(text);
	free(from);
	exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
	int sock;

	printf("%s: hello, this is my listener\n", argc > 0 ? argv[0] : "listener");
	sock = make_socket();
	printf("listener: socket %d is bound\n", sock);
	printf("listener: waiting to recvfrom...\n");
	for (;;) {
		struct timeval a_moment = {.tv_usec = 5000};
		fd_set set;

		FD_ZERO(&set);
		FD_SET(sock, &set);
		if (select(sock + 1, &set, NULL, NULL, &a_moment) > 0)
			take_one(sock);
	}
}
