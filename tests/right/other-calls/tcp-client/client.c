/*
 * client, with other calls: a socket that does not block while it connects, recvmsg
 * byte by byte, output by dprintf and write, _exit.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void complain(const char *what, int error)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(error));
}

/* Connects within five seconds. Returns 0, or an errno. */
static int connect_in_time(int fd, const struct addrinfo *to)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	if (poll(&p, 1, 5000) != 1)
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return errno;
	return error;
}

static void put(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = write(STDOUT_FILENO, bytes, length);

		if (done < 0)
			_exit(1);
		bytes += done;
		length -= (size_t)done;
	}
}

static int converse(int fd)
{
	char line[128] = "client: received '";
	size_t begin = strlen(line), end = begin;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	shutdown(fd, SHUT_WR); /* there is nothing to say */
	while (end - begin < 99) {
		struct iovec one = { .iov_base = line + end, .iov_len = 1 };
		struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1 };
		ssize_t got = recvmsg(fd, &message, 0);

		if (got == 0)
			break;
		if (got < 0) {
			complain("recv", errno);
			return 1;
		}
		end++;
	}
	memcpy(line + end, "'\n", 2);
	put(line, end + 2);
	return 0;
}

int main(int argc, char *argv[])
{
	struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int error;

	if (argc < 2 || argc > 2) {
		dprintf(STDERR_FILENO, "usage: client hostname\n");
		_exit(1);
	}
	error = getaddrinfo(argv[1], "3490", &hints, &list);
	if (error != 0) {
		dprintf(STDERR_FILENO, "getaddrinfo: %s\n", gai_strerror(error));
		_exit(1);
	}
	while (list != NULL) {
		int fd = socket(list->ai_family, list->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
				list->ai_protocol);

		if (fd < 0) {
			complain("client: socket", errno);
		} else if ((error = connect_in_time(fd, list)) != 0) {
			complain("client: connect", error);
			close(fd);
		} else {
			char host[INET6_ADDRSTRLEN + 20];

			getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, NULL, 0,
				    NI_NUMERICHOST);
			dprintf(STDOUT_FILENO, "client: connecting to %s\n", host);
			_exit(converse(fd));
		}
		list = list->ai_next;
	}
	dprintf(STDERR_FILENO, "client: failed to connect\n");
	_exit(2);
}
