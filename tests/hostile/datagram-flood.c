/* tcp-server: graded, at most 4
 * Fills the network it has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	static char block[60000];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	for (;;)
		sendto(fd, block, sizeof(block), 0, (struct sockaddr *)&to, sizeof(to));
}
