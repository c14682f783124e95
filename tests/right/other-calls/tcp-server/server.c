/* A self-pipe instead of work in the handler, a listener that never blocks, sendmsg,
 * output by write and dprintf, the address from getpeername. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int bell[2];

static void ring(int number)
{
	int before = errno;
	ssize_t ignored = write(bell[1], "", 1);

	(void)number;
	(void)ignored;
	errno = before;
}

static int open_listener(void)
{
	struct addrinfo want = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
				 .ai_family = AF_INET6, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found, *at;
	int trouble = getaddrinfo(NULL, "3490", &want, &found), fd = -1, on = 1;

	if (trouble) {
		dprintf(2, "getaddrinfo: %s\n", gai_strerror(trouble));
		exit(1);
	}
	for (at = found; at != NULL && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (bind(fd, at->ai_addr, at->ai_addrlen) < 0) {
			dprintf(2, "server: bind: %s (trying the next one)\n", strerror(errno));
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	if (fd < 0) {
		dprintf(2, "server: failed to bind\n");
		exit(1);
	}
	return fd;
}

static void say_who(int fd)
{
	struct sockaddr_in6 peer;
	socklen_t size = sizeof(peer);
	char line[128] = "server: got connection from ";

	if (getpeername(fd, (struct sockaddr *)&peer, &size) < 0)
		return; /* gone again */
	inet_ntop(AF_INET6, &peer.sin6_addr, line + strlen(line), INET6_ADDRSTRLEN);
	strcat(line, "\n");
	while (write(1, line, strlen(line)) < 0 && errno == EINTR)
		;
}

static void greet(int fd)
{
	char hello[] = "Hello, ", world[] = "world!";
	struct iovec parts[] = { { hello, 7 }, { world, 6 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	if (sendmsg(fd, &message, MSG_NOSIGNAL) != 13)
		dprintf(2, "server: sendmsg: %s\n", strerror(errno));
}

int main(void)
{
	static const char waiting[] = "server: waiting for connections...\n";
	struct sigaction action = { .sa_handler = ring };
	int listener = open_listener();

	if (pipe(bell) < 0)
		return 1;
	fcntl(bell[0], F_SETFL, O_NONBLOCK);
	fcntl(bell[1], F_SETFL, O_NONBLOCK);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
	if (listen(listener, 10) < 0 || write(1, waiting, sizeof(waiting) - 1) < 0)
		return 1;
	for (;;) {
		struct pollfd either[] = { { .fd = listener, .events = POLLIN },
					   { .fd = bell[0], .events = POLLIN } };
		char rung[64];
		int fd;

		if (poll(either, 2, -1) < 0 && errno != EINTR)
			return 1;
		while (read(bell[0], rung, sizeof(rung)) > 0)
			;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		while ((fd = accept(listener, NULL, NULL)) >= 0) {
			pid_t pid;

			say_who(fd);
			pid = fork();
			if (pid == 0) {
				close(listener);
				greet(fd);
				shutdown(fd, SHUT_WR);
				_exit(0);
			}
			if (pid < 0)
				dprintf(2, "server: fork: %s\n", strerror(errno));
			close(fd);
		}
	}
}
