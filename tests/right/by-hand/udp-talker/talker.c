/* The address is filled in by hand, and the socket is there before it. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool fill_in(struct sockaddr_in6 *to, const char *host)
{
	struct addrinfo want = {0}, *found;
	int error;

	memset(to, 0, sizeof *to);
	if (inet_pton(AF_INET6, host, &to->sin6_addr) != 1) {
		want.ai_family = AF_INET6;
		error = getaddrinfo(host, NULL, &want, &found);
		if (error) {
			fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(error));
			return false;
		}
		memcpy(to, found->ai_addr, sizeof *to);
		freeaddrinfo(found);
	}
	to->sin6_family = AF_INET6;
	to->sin6_port = htons(4950);
	return true;
}

int main(int count, char *word[])
{
	struct sockaddr_in6 to;
	ssize_t sent;
	int udp;

	if (count < 3 || count > 3) {
		fprintf(stderr, "usage: %s hostname message\n", word[0]);
		return 1;
	}
	udp = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
	if (udp < 0) {
		fprintf(stderr, "talker: failed to create socket\n");
		return 2;
	}
	if (!fill_in(&to, word[1]))
		return 1;
	/* Connected or not, this is one datagram. */
	sent = connect(udp, (struct sockaddr *)&to, sizeof to);
	if (sent == 0)
		sent = write(udp, word[2], strlen(word[2]));
	if (sent < 0) {
		fprintf(stderr, "talker: sendto: %s\n", strerror(errno));
		return 1;
	}
	printf("talker: sent %zd bytes to %s\n", sent, word[1]);
	return close(udp) == 0 ? 0 : 1;
}
