/*
 * echo - a TCP server that sends back what its one client says
 *
 *	usage: echo
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 7007

/* Returns a socket that has the port, or ends the program. */
static int have_port(void)
{
	/* TODO 1: Make a socket and bind it to PORT, at every IPv4 address.
	 * On failure: "echo: bind: REASON" on stderr, status 1.
	 * Read: man 2 bind, man 7 ip.  Works when: a second echo is refused. */
	struct sockaddr_in own = {
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_ANY)
	};
	int sock = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(sock, (const struct sockaddr *)&own, sizeof own) < 0) {
		perror("echo: bind");
		exit(1);
	}
	return sock;
	/* TODO 1 ends */
}

/* Makes it take connections, and says so. */
static void start_listening(int listener)
{
	/* TODO 2: Listen, then print "echo: listening".
	 * Read: man 2 listen.  Works when: `ss -ltn` shows port 7007. */
	if (listen(listener, 1) < 0) {
		perror("echo: listen");
		exit(1);
	}
	printf("echo: listening\n");
	/* TODO 2 ends */
}

/* Waits for the client and says who it is. Returns the connection. */
static int accept_client(int listener)
{
	/* TODO 3: Accept a client and print "echo: client ADDR".
	 * Read: man 2 accept, man 3 inet_ntop.  Works when: `nc localhost 7007` is named. */
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;
	char address[INET_ADDRSTRLEN];
	int connection = accept(listener, (struct sockaddr *)&peer, &length);

	if (connection < 0) {
		perror("echo: accept");
		exit(1);
	}
	printf("echo: client %s\n", inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address));
	return connection;
	/* TODO 3 ends */
}

/* Sends back everything, until the client has no more to say. */
static void send_back(int connection)
{
	/* TODO 4: Receive and send back, until recv returns 0.
	 * Read: man 2 recv, man 2 send.  Works when: nc shows each line twice. */
	char bytes[1000];
	ssize_t got;

	while ((got = recv(connection, bytes, sizeof bytes, 0)) > 0) {
		for (ssize_t sent = 0, n; sent < got; sent += n) {
			n = send(connection, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
			if (n < 0) {
				perror("echo: send");
				return;
			}
		}
	}
	/* TODO 4 ends */
}

int main(void)
{
	int listener = have_port();
	int connection;

	start_listening(listener);
	connection = accept_client(listener);
	send_back(connection);
	close(connection);
	close(listener);
	return 0;
}
