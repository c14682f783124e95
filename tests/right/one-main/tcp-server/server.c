/* server.c: everything in main, as in many textbooks */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child(int number)
{
	int saved = errno;

	(void)number;
	while (waitpid(-1, 0, WNOHANG) > 0)
		continue;
	errno = saved;
}

int main(void)
{
	int s = -1, c, rc, yes = 1;
	struct addrinfo h, *all, *a;
	struct sockaddr_storage who;
	struct sigaction act;
	socklen_t len;
	char text[INET6_ADDRSTRLEN];

	/* who am I? */
	memset(&h, 0, sizeof(h));
	h.ai_family = AF_UNSPEC;
	h.ai_socktype = SOCK_STREAM;
	h.ai_flags = AI_PASSIVE;
	rc = getaddrinfo(NULL, "3490", &h, &all);
	if (rc) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(rc));
		return 1;
	}

	/* take the first address that works */
	for (a = all; a; a = a->ai_next) {
		s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (s == -1) {
			perror("server: socket");
			continue;
		}
		if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == -1) {
			perror("server: setsockopt");
			exit(1);
		}
		if (bind(s, a->ai_addr, a->ai_addrlen) == 0)
			break;
		perror("server: bind");
		close(s);
	}
	freeaddrinfo(all);
	if (!a) {
		fprintf(stderr, "server: failed to bind\n");
		exit(1);
	}

	if (listen(s, 10) == -1) {
		perror("server: listen");
		exit(1);
	}

	memset(&act, 0, sizeof(act));
	act.sa_handler = on_child;
	sigemptyset(&act.sa_mask);
	act.sa_flags = SA_RESTART;
	if (sigaction(SIGCHLD, &act, 0) == -1) {
		perror("server: sigaction");
		exit(1);
	}

	printf("server: waiting for connections...\n");

	for (;;) {
		len = sizeof(who);
		c = accept(s, (struct sockaddr *)&who, &len);
		if (c == -1) {
			perror("server: accept");
			continue;
		}
		if (who.ss_family == AF_INET)
			inet_ntop(AF_INET, &((struct sockaddr_in *)&who)->sin_addr, text, sizeof(text));
		else
			inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&who)->sin6_addr, text,
				  sizeof(text));
		printf("server: got connection from %s\n", text);
		if (fork() == 0) {
			close(s);
			if (send(c, "Hello, world!", 13, 0) == -1)
				perror("server: send");
			close(c);
			exit(0);
		}
		close(c);
	}
}
