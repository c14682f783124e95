/* A socket for each family and signals as data: signalfd, poll, reaping in the loop. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 4

static struct pollfd watch[1 + MAX];
static int watched = 1;

static void bind_all(void)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int rc = getaddrinfo(NULL, "3490", &hints, &list);

	if (rc != 0) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(rc));
		exit(1);
	}
	for (struct addrinfo *p = list; p && watched <= MAX; p = p->ai_next) {
		int on = 1, fd = socket(p->ai_family, p->ai_socktype | SOCK_CLOEXEC, p->ai_protocol);

		if (fd == -1)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (p->ai_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		if (bind(fd, p->ai_addr, p->ai_addrlen) == -1) {
			fprintf(stderr, "server: bind: %m\n");
			close(fd);
			continue;
		}
		if (listen(fd, 10) == -1) {
			perror("server: listen");
			exit(1);
		}
		watch[watched++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	freeaddrinfo(list);
	if (watched == 1) {
		fprintf(stderr, "server: failed to bind\n");
		exit(1);
	}
}

static void serve(int listener)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	char host[NI_MAXHOST];
	int fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC);
	pid_t pid;

	if (fd == -1) {
		perror("server: accept");
		return;
	}
	getnameinfo((struct sockaddr *)&from, size, host, sizeof(host), NULL, 0, NI_NUMERICHOST);
	printf("server: got connection from %s\n", host);
	pid = fork();
	if (pid == -1)
		perror("server: fork");
	if (pid == 0) {
		for (int i = 0; i < watched; i++)
			close(watch[i].fd);
		if (dprintf(fd, "Hello, world!") != 13)
			_exit(1);
		_exit(0);
	}
	close(fd);
}

int main(void)
{
	struct signalfd_siginfo info;
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	watch[0] = (struct pollfd){ .fd = signalfd(-1, &mask, SFD_CLOEXEC), .events = POLLIN };
	bind_all();
	fputs("server: waiting for connections...\n", stdout);
	for (;;) {
		if (poll(watch, (nfds_t)watched, -1) == -1 && errno != EINTR)
			return 1;
		if (watch[0].revents && read(watch[0].fd, &info, sizeof(info)) == sizeof(info)) {
			if (info.ssi_signo != SIGCHLD)
				return 0;
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		}
		for (int i = 1; i < watched; i++)
			if (watch[i].revents)
				serve(watch[i].fd);
	}
}
