/*
 * connected-talker - a talker on a connected UDP socket
 *
 *	usage: connected-talker hostname message
 *
 * It sends the message to port 4950 of the host, over IPv6, and waits a second
 * for an answer. Connecting sends nothing. It makes the kernel remember the
 * peer: so the socket hears nobody else, and hears when nobody is there.
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
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

#define PORT "4950"   /* where the listener waits */
#define MAX_ANSWER 99 /* bytes of the answer that are kept */
#define PATIENCE 1    /* seconds to wait for it */

/*
 * Returns the IPv6 addresses of the host named on the command line. The caller
 * frees the list. Ends the program if the arguments are wrong or there are none.
 */
static struct addrinfo *look_up(int argc, char **argv)
{
	/* TODO 1: Look at the arguments and look up the host, as the talker of lab 4 does.
	 * Not two arguments: "usage: connected-talker hostname message" on stderr, status 1.
	 * No address: "getaddrinfo: REASON" on stderr, status 1.
	 * Read: man 3 getaddrinfo.  Works when: the host 127.0.0.1 is refused with a reason. */
	fprintf(stderr, "connected-talker: stopped at TODO 1\n");
	exit(3);
}

/*
 * Connects a socket to the first address of the list that can be connected
 * to, and lets *peer point to it. Returns the socket, or -1 after saying why
 * there is none.
 */
static int connect_first(const struct addrinfo *list, const struct addrinfo **peer)
{
	/* TODO 2: Connect a socket to the first address that can be connected to.
	 * For each: socket, connect; "connected-talker: connect: REASON" if it fails. After
	 * the last: "connected-talker: failed to connect", or "failed to create socket".
	 * Read: man 2 connect.  Works when: the program stops at the next TODO. */
	fprintf(stderr, "connected-talker: stopped at TODO 2\n");
	exit(3);
}

/* Prints the address the socket is connected to. */
static void print_peer(const struct addrinfo *peer)
{
	/* TODO 3: Print "connected-talker: connected to ADDR".
	 * The address is peer->ai_addr, peer->ai_addrlen bytes long.
	 * getnameinfo with NI_NUMERICHOST puts it into words.
	 * Read: man 3 getnameinfo.  Works when: it says so even if nobody is there. */
	fprintf(stderr, "connected-talker: stopped at TODO 3\n");
	exit(3);
}

/* Sends the message and says so. Returns 0, or -1 after saying why it failed. */
static int send_message(int sock, const char *host, const char *message)
{
	/* TODO 4: Send the bytes of the message, without its NUL, with send.
	 * Print "connected-talker: sent N bytes to HOST" and return 0.
	 * If it fails: "connected-talker: send: REASON" on stderr, and return -1.
	 * Read: man 2 send.  Works when: `nc -6ul 4950` shows the message. */
	fprintf(stderr, "connected-talker: stopped at TODO 4\n");
	exit(3);
}

/*
 * Waits for an answer and prints it. Sends the message again, once, if nobody
 * was there. Returns 0, also if no answer came, or -1 after saying what failed.
 */
static int print_answer(int sock, const char *message)
{
	/* TODO 5: Wait PATIENCE for an answer: setsockopt with SO_RCVTIMEO, then recv.
	 * Print "connected-talker: received "TEXT"", or "connected-talker: no reply" if recv
	 * fails with EAGAIN, and return 0. Else "connected-talker: recv: REASON", return -1.
	 * Read: man 7 socket, man 7 udp.  Works when: without a listener it is refused. */
	fprintf(stderr, "connected-talker: stopped at TODO 5\n");
	exit(3);
}

int main(int argc, char *argv[])
{
	struct addrinfo *list = look_up(argc, argv);
	const struct addrinfo *peer = NULL;
	int sock = connect_first(list, &peer);
	int status = 2; /* no socket, or no address to connect it to */

	if (sock >= 0) {
		print_peer(peer);
		status = 1;
		if (send_message(sock, argv[1], argv[2]) == 0 &&
			print_answer(sock, argv[2]) == 0)
			status = 0;
		close(sock);
	}
	freeaddrinfo(list);
	return status;
}
