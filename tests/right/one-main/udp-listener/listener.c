/* The whole listener in one main, the way it has been written since the 1990s. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define LISTEN_PORT "4950"
#define ROOM 100

int main(void)
{
	struct addrinfo want, *found, *a;
	struct sockaddr_storage who;
	socklen_t who_len;
	char room[ROOM], words[INET6_ADDRSTRLEN];
	void *address;
	int sock = -1, status, n;

	memset(&want, 0, sizeof want);
	want.ai_family = AF_INET6;
	want.ai_socktype = SOCK_DGRAM;
	want.ai_flags = AI_PASSIVE;
	status = getaddrinfo(NULL, LISTEN_PORT, &want, &found);
	if (status != 0) {
		fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(status));
		return 1;
	}
	for (a = found; a != NULL; a = a->ai_next) {
		if ((sock = socket(a->ai_family, a->ai_socktype, a->ai_protocol)) == -1) {
			perror("listener: socket");
			continue;
		}
		if (bind(sock, a->ai_addr, a->ai_addrlen) == -1) {
			perror("listener: bind");
			close(sock);
			continue;
		}
		break;
	}
	if (a == NULL) {
		fprintf(stderr, "listener: failed to bind socket\n");
		return 2;
	}
	freeaddrinfo(found);

	printf("listener: waiting to recvfrom...\n");
	who_len = sizeof who;
	if ((n = recvfrom(sock, room, ROOM - 1, 0, (struct sockaddr *)&who, &who_len)) == -1) {
		perror("recvfrom");
		exit(1);
	}
	if (who.ss_family == AF_INET)
		address = &((struct sockaddr_in *)&who)->sin_addr;
	else
		address = &((struct sockaddr_in6 *)&who)->sin6_addr;
	printf("listener: got packet from %s\n",
		inet_ntop(who.ss_family, address, words, sizeof words));
	printf("listener: packet is %d bytes long\n", n);
	room[n] = '\0';
	printf("listener: packet contains \"%s\"\n", room);
	close(sock);
	return 0;
}
