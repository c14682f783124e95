/*
 * client - a TCP client that shows the greeting of a server
 *
 *	usage: client hostname
 *
 * It connects to port 3490 of the host, at the first of its addresses that
 * answers, and prints what the server says.
 *
 * main, at the end, is the table of contents: begin reading there.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define PORT "3490"  /* where the server listens */
#define MAX_REPLY 99 /* bytes of the reply that are read */

/* Returns the host named on the command line, or ends the program. */
static const char *host_argument(int argc, char **argv)
{
	/* TODO 1: Return the one argument.
	 * If there are more or fewer: "usage: client hostname" on stderr, status 1.
	 * Read: man 3 exit.  Works when: the program without arguments says how to use it. */
	fprintf(stderr, "client: stopped at TODO 1\n");
	exit(3);
}

/*
 * Returns the addresses of the host's server, of either family. The caller
 * frees the list. Ends the program if there are none.
 */
static struct addrinfo *look_up(const char *host)
{
	/* TODO 2: Look up the addresses of the host.
	 * Call getaddrinfo with host, PORT, and hints: either family, a stream.
	 * On failure: "getaddrinfo: REASON" on stderr, status 1.
	 * Read: man 3 getaddrinfo.  Works when: the host `a..b` is refused with a reason. */
	fprintf(stderr, "client: stopped at TODO 2\n");
	exit(3);
}

/*
 * Connects to the first address of the list that answers, and lets *peer
 * point to it. Returns the connection, or -1 after saying why there is none.
 */
static int connect_first(const struct addrinfo *list, const struct addrinfo **peer)
{
	/* TODO 3: Connect to the first address that answers.
	 * For each: socket, connect. Say "client: connect: REASON" and close the socket if
	 * it fails; after the last, "client: failed to connect".
	 * Read: man 2 connect.  Works when: without a server, every address gives its reason. */
	fprintf(stderr, "client: stopped at TODO 3\n");
	exit(3);
}

/* Prints the address that answered. */
static void print_peer(const struct addrinfo *peer)
{
	/* TODO 4: Print "client: connecting to ADDR".
	 * The address is peer->ai_addr, peer->ai_addrlen bytes long, of either family.
	 * getnameinfo with NI_NUMERICHOST puts it into words.
	 * Read: man 3 getnameinfo.  Works when: 127.0.0.1 and ::1 are both named. */
	fprintf(stderr, "client: stopped at TODO 4\n");
	exit(3);
}

/* Receives what the server says and prints it. Returns the exit status. */
static int print_reply(int connection)
{
	/* TODO 5: Receive at most MAX_REPLY bytes and print "client: received 'TEXT'".
	 * A stream has no messages: a reply may come in pieces, so call recv until it returns
	 * 0, the end. If it fails: "recv: REASON" on stderr, and return 1. Return 0 otherwise.
	 * Read: man 2 recv.  Works when: the greeting is shown, in one piece. */
	fprintf(stderr, "client: stopped at TODO 5\n");
	exit(3);
}

int main(int argc, char *argv[])
{
	const char *host = host_argument(argc, argv);
	struct addrinfo *list = look_up(host);
	const struct addrinfo *peer = NULL;
	int connection = connect_first(list, &peer);
	int status = 2; /* nobody answered */

	if (connection >= 0) {
		print_peer(peer);
		status = print_reply(connection);
		close(connection);
	}
	freeaddrinfo(list);
	return status;
}
