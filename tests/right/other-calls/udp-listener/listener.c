/* recvmsg, which also says whether a datagram was cut; getnameinfo; output by write,
 * in pieces; _exit. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void say(int to, const char *words)
{
	size_t left = strlen(words);

	while (left > 0) {
		ssize_t done = write(to, words, left);

		if (done < 0) {
			if (errno == EINTR)
				continue;
			_exit(1);
		}
		words += done;
		left -= (size_t)done;
	}
}

static void complain(const char *about, const char *why)
{
	say(2, about);
	say(2, ": ");
	say(2, why);
	say(2, "\n");
}

static int bound_socket(void)
{
	struct addrinfo hints, *all, *one;
	int fd = -1, error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_INET6;
	hints.ai_socktype = SOCK_DGRAM;
	hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
	if ((error = getaddrinfo("::", "4950", &hints, &all))) {
		complain("getaddrinfo", gai_strerror(error));
		_exit(1);
	}
	for (one = all; one && fd < 0; one = one->ai_next) {
		fd = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
		if (fd < 0) {
			complain("listener: socket", strerror(errno));
		} else if (bind(fd, one->ai_addr, one->ai_addrlen) < 0) {
			complain("listener: bind", strerror(errno));
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);
	return fd;
}

int main(void)
{
	char text[100], name[NI_MAXHOST], line[64];
	struct sockaddr_storage sender;
	struct iovec room = {.iov_base = text, .iov_len = sizeof(text) - 1};
	struct msghdr message = {.msg_name = &sender, .msg_namelen = sizeof(sender),
	                         .msg_iov = &room, .msg_iovlen = 1};
	ssize_t length;
	int fd = bound_socket();

	if (fd < 0) {
		say(2, "listener: failed to bind socket\n");
		_exit(2);
	}
	say(1, "listener: waiting to recvfrom...\n");
	do
		length = recvmsg(fd, &message, 0);
	while (length < 0 && errno == EINTR);
	if (length < 0) {
		complain("listener: recvmsg", strerror(errno));
		_exit(1);
	}
	close(fd);
	text[length] = '\0';
	if (getnameinfo((struct sockaddr *)&sender, message.msg_namelen, name, sizeof(name),
	                NULL, 0, NI_NUMERICHOST) != 0)
		strcpy(name, "?");
	say(1, "listener: got packet from ");
	say(1, name);
	snprintf(line, sizeof(line), "\nlistener: packet is %ld bytes long\n", (long)length);
	say(1, line);
	say(1, "listener: packet contains \"");
	say(1, text);
	say(1, "\"\n");
	if (message.msg_flags & MSG_TRUNC)
		say(1, "listener: packet was truncated\n");
	_exit(0);
}
