/* sendmsg and recvmsg, an alarm for the time, getpeername for the address, and a second
 * try for a refused message. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void on_alarm(int signal_number)
{
	(void)signal_number; /* it is there to interrupt recvmsg */
}

static int complain(int status, const char *what)
{
	dprintf(2, "connected-talker: %s: %s\n", what, strerror(errno));
	return status;
}

static int send_text(int fd, char *text)
{
	struct iovec bytes = {text, strlen(text)};
	struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};

	return (int)sendmsg(fd, &message, MSG_NOSIGNAL);
}

static int connect_to(struct addrinfo *a)
{
	int fd = -1, last = 2;

	for (; a; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, 0);
		if (fd < 0) {
			complain(2, "socket");
		} else if (connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
			last = complain(1, "connect");
			close(fd);
		} else {
			return fd;
		}
	}
	dprintf(2, "connected-talker: failed to %s\n", last == 1 ? "connect" : "create socket");
	return -1;
}

static int talk(int fd, char *host, char *text)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	struct sigaction action = {.sa_handler = on_alarm}; /* no SA_RESTART */
	char answer[99], name[NI_MAXHOST];
	struct iovec room = {answer, sizeof answer};
	struct msghdr message = {.msg_iov = &room, .msg_iovlen = 1};
	int sent, again = 1;
	ssize_t got;

	if (getpeername(fd, (struct sockaddr *)&peer, &size) < 0 ||
	    getnameinfo((struct sockaddr *)&peer, size, name, sizeof name, NULL, 0, NI_NUMERICHOST))
		return complain(1, "getpeername");
	dprintf(1, "connected-talker: connected to %s\n", name);
	sent = send_text(fd, text);
	if (sent < 0)
		return complain(1, "send");
	dprintf(1, "connected-talker: sent %d bytes to %s\n", sent, host);
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	while ((got = recvmsg(fd, &message, 0)) < 0 && errno == ECONNREFUSED && again--)
		if (send_text(fd, text) < 0)
			return complain(1, "send");
	if (got < 0 && errno == EINTR) {
		dprintf(1, "connected-talker: no reply\n");
		return 0;
	}
	if (got < 0)
		return complain(1, "recv");
	dprintf(1, "connected-talker: received \"%.*s\"\n", (int)got, answer);
	return 0;
}

int main(int argc, char **argv)
{
	struct addrinfo hints = {.ai_family = AF_INET6, .ai_socktype = SOCK_DGRAM}, *list;
	int error, fd;

	if (argc != 3) {
		dprintf(2, "usage: connected-talker hostname message\n");
		_exit(1);
	}
	error = getaddrinfo(argv[1], "4950", &hints, &list);
	if (error) {
		dprintf(2, "getaddrinfo: %s\n", gai_strerror(error));
		_exit(1);
	}
	fd = connect_to(list);
	freeaddrinfo(list);
	_exit(fd < 0 ? 2 : talk(fd, argv[1], argv[2]));
}
