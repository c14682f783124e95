/* tcp-server: graded, at most 6
 * Leaves a daemon that holds the port, for others to find. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(3490) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fork() > 0)
		return 0;
	setsid();
	bind(fd, (struct sockaddr *)&any, sizeof(any));
	listen(fd, 10);
	for (;;)
		pause();
}
