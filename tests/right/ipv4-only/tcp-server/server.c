// The oldest way: IPv4, an address filled in by hand, inet_ntoa.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MYPORT 3490

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char *argv[])
{
	int listenfd, connfd, optval = 1;
	struct sockaddr_in me, you;
	struct sigaction sa;
	socklen_t youlen;

	if ((listenfd = socket(AF_INET, SOCK_STREAM, 0)) < 0)
		die("server: socket");
	if (setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &optval, sizeof(optval)) < 0)
		die("server: setsockopt");

	bzero(&me, sizeof(me));
	me.sin_family = AF_INET;
	me.sin_addr.s_addr = INADDR_ANY;
	me.sin_port = htons(MYPORT);
	if (bind(listenfd, (struct sockaddr *)&me, sizeof(me)) < 0) {
		perror("server: bind");
		fprintf(stderr, "server: failed to bind\n");
		exit(1);
	}
	if (listen(listenfd, 10) < 0)
		die("server: listen");

	// No zombies: the kernel need not keep them.
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	sa.sa_flags = SA_NOCLDWAIT;
	if (sigaction(SIGCHLD, &sa, NULL) < 0)
		die("server: sigaction");

	printf("server: waiting for connections...\n");
	while (1) {
		youlen = sizeof(you);
		connfd = accept(listenfd, (struct sockaddr *)&you, &youlen);
		if (connfd < 0) {
			perror("server: accept");
			continue;
		}
		printf("server: got connection from %s\n", inet_ntoa(you.sin_addr));
		fflush(stdout);
		if (fork() == 0) {
			const char *p = "Hello, world!";
			size_t n = strlen(p);

			close(listenfd);
			while (n > 0) {
				ssize_t k = write(connfd, p, n);

				if (k <= 0)
					break;
				p += k;
				n -= (size_t)k;
			}
			close(connfd);
			exit(0);
		}
		close(connfd);
	}
	return 0;
}
