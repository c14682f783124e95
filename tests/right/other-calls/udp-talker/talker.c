/* sendmsg instead of sendto, dprintf instead of printf; it tries every address, with a
 * socket for each. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SENT, NO_SOCKET, NOT_SENT };

static int send_to(const struct addrinfo *to, char *text, ssize_t *sent)
{
	struct iovec bytes = {text, strlen(text)};
	struct msghdr message = {
		.msg_name = to->ai_addr, .msg_namelen = to->ai_addrlen,
		.msg_iov = &bytes, .msg_iovlen = 1,
	};
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, to->ai_protocol);

	if (fd < 0)
		return NO_SOCKET;
	*sent = sendmsg(fd, &message, 0);
	close(fd);
	if (*sent >= 0)
		return SENT;
	dprintf(2, "talker: sendto: %m\n");
	return NOT_SENT;
}

int main(int argc, char **argv)
{
	const struct addrinfo hints = {.ai_family = AF_INET6, .ai_socktype = SOCK_DGRAM,
	                               .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG};
	struct addrinfo *list;
	int error, result = NO_SOCKET;
	ssize_t sent = -1;

	if (argc != 3) {
		dprintf(2, "usage: talker hostname message\n");
		_exit(1);
	}
	error = getaddrinfo(argv[1], "4950", &hints, &list);
	if (error == EAI_SYSTEM)
		dprintf(2, "getaddrinfo: %s\n", strerror(errno));
	else if (error)
		dprintf(2, "getaddrinfo: %s\n", gai_strerror(error));
	if (error)
		_exit(1);
	for (struct addrinfo *a = list; a && result != SENT; a = a->ai_next) {
		int now = send_to(a, argv[2], &sent);

		if (now != NO_SOCKET)
			result = now;
	}
	freeaddrinfo(list);
	if (result == NO_SOCKET) {
		dprintf(2, "talker: failed to create socket\n");
		_exit(2);
	}
	if (result == NOT_SENT)
		_exit(1);
	dprintf(1, "talker: sent %zd bytes to %s\n", sent, argv[1]);
	_exit(0);
}
