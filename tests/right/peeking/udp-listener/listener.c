/* Looks at the datagram first (MSG_PEEK, and MSG_TRUNC for its whole length), then takes
 * it with recvmmsg, in a thread of its own. No stdio for output: dprintf. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_MOST = 99 };

static void *take(void *argument)
{
	int sock = *(int *)argument;
	struct sockaddr_in6 from;
	char *text = calloc(AT_MOST + 1, 1), address[64];
	struct iovec place = {text, AT_MOST};
	struct mmsghdr one;
	ssize_t whole;

	dprintf(STDOUT_FILENO, "%s: %s\n", "listener", "waiting to recvfrom...");
	whole = recv(sock, NULL, 0, MSG_PEEK | MSG_TRUNC);
	memset(&one, 0, sizeof(one));
	one.msg_hdr.msg_name = &from;
	one.msg_hdr.msg_namelen = sizeof(from);
	one.msg_hdr.msg_iov = &place;
	one.msg_hdr.msg_iovlen = 1;
	if (whole < 0 || recvmmsg(sock, &one, 1, 0, NULL) != 1) {
		dprintf(STDERR_FILENO, "listener: recvfrom: %s\n", strerror(errno));
		free(text);
		return (void *)(intptr_t)1;
	}
	if (whole > AT_MOST)
		dprintf(STDOUT_FILENO, "listener: packet was truncated\n");
	inet_ntop(AF_INET6, from.sin6_addr.s6_addr, address, sizeof(address));
	dprintf(STDOUT_FILENO, "listener: got packet from %s\nlistener: packet is %u bytes long\n"
	        "listener: packet contains \"%s\"\n", address, one.msg_len, text);
	free(text);
	return NULL;
}

int main(void)
{
	struct sockaddr_in6 here;
	pthread_t thread;
	void *result;
	int sock = socket(PF_INET6, SOCK_DGRAM, 0);

	memset(&here, 0, sizeof(here));
	here.sin6_family = AF_INET6;
	here.sin6_port = htons(4950);
	if (sock < 0 || bind(sock, (void *)&here, sizeof(here)) != 0) {
		dprintf(STDERR_FILENO, "listener: bind: %s\n", strerror(errno));
		dprintf(STDERR_FILENO, "listener: failed to bind socket\n");
		return 2;
	}
	if (pthread_create(&thread, NULL, take, &sock) != 0 || pthread_join(thread, &result) != 0)
		return 1;
	return result != NULL;
}
