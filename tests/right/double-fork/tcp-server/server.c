/* The child's child greets, and its parent is init: the server waits for the child in
 * between, which ends at once. Every error has its goto. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define GREETING "Hello, world!"

static int start_server(void)
{
	struct addrinfo hints, *list = NULL, *one;
	int sock, yes = 1, error;

	memset(&hints, 0, sizeof hints);
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_PASSIVE;
	if ((error = getaddrinfo(NULL, "3490", &hints, &list)) != 0)
		goto no_address;
	for (one = list; one != NULL; one = one->ai_next) {
		if ((sock = socket(one->ai_family, one->ai_socktype, one->ai_protocol)) < 0)
			continue;
		if (setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
			goto next;
		if (bind(sock, one->ai_addr, one->ai_addrlen) < 0) {
			perror("server: bind");
			goto next;
		}
		freeaddrinfo(list);
		return sock;
next:
		close(sock);
	}
	freeaddrinfo(list);
	fprintf(stderr, "server: failed to bind\n");
	exit(1);
no_address:
	fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
	exit(1);
}

static void serve(int sock, int conn)
{
	FILE *stream;

	close(sock);
	if (fork() != 0)
		_exit(0);
	stream = fdopen(conn, "w");
	if (stream == NULL)
		_exit(1);
	fputs(GREETING, stream);
	fclose(stream);
	_exit(0);
}

int main(void)
{
	int sock = start_server(), conn;

	if (listen(sock, 10) < 0) {
		perror("server: listen");
		exit(1);
	}
	fprintf(stdout, "server: port 3490 is ours\n");
	fprintf(stdout, "server: waiting for connections...\n");
	while (1) {
		union {
			struct sockaddr any;
			struct sockaddr_in v4;
			struct sockaddr_in6 v6;
		} peer;
		socklen_t size = sizeof peer;
		char host[INET6_ADDRSTRLEN] = "?";
		const void *bytes = &peer.v6.sin6_addr;
		pid_t pid;

		if ((conn = accept(sock, &peer.any, &size)) < 0) {
			perror("server: accept");
			continue;
		}
		if (peer.any.sa_family == AF_INET)
			bytes = &peer.v4.sin_addr;
		inet_ntop(peer.any.sa_family, bytes, host, sizeof host);
		fprintf(stdout, "server: got connection from %s\n", host);
		fprintf(stdout, "server: greeting it\n");
		if ((pid = fork()) == 0)
			serve(sock, conn);
		close(conn);
		if (pid > 0)
			waitpid(pid, NULL, 0);
		else
			perror("server: fork");
	}
}
