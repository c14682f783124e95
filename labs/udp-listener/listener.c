/*
 * listener - a UDP listener that takes one datagram
 *
 *	usage: listener
 *
 * It waits on port 4950 for one datagram, over IPv6 or IPv4, and prints who
 * sent it and what it holds.
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

#define PORT "4950" /* where the talkers send to */
#define MAX_TEXT 99 /* bytes of a datagram that are kept */

/* One datagram, as it came. */
struct packet {
	struct sockaddr_storage sender;
	socklen_t sender_length;
	size_t length;           /* bytes in text, at most MAX_TEXT */
	int truncated;           /* the datagram was longer */
	char text[MAX_TEXT + 1]; /* ends with a NUL that did not come with it */
};

/*
 * Returns the IPv6 addresses this machine can receive datagrams on. The caller
 * frees the list. Ends the program if the look-up fails.
 */
static struct addrinfo *look_up_own_addresses(void)
{
	/* TODO 1: Look up the address to listen on.
	 * Call getaddrinfo with no host, PORT, and hints: IPv6, datagrams, passive.
	 * On failure: "getaddrinfo: REASON" on stderr, status 1.
	 * Read: man 3 getaddrinfo.  Works when: the program stops at the next TODO. */
	fprintf(stderr, "listener: stopped at TODO 1\n");
	exit(3);
}

/*
 * Binds a socket to the first address of the list that will have it.
 * Returns the socket, or -1 after saying why there is none.
 */
static int bind_first(const struct addrinfo *list)
{
	/* TODO 2: Bind the first address of the list that will have it.
	 * For each: socket, bind. Say "listener: bind: REASON" and close the socket if it
	 * fails; after the last, "listener: failed to bind socket".
	 * Read: man 2 bind, man 7 ipv6.  Works when: a second listener is turned away. */
	fprintf(stderr, "listener: stopped at TODO 2\n");
	exit(3);
}

/* Waits for one datagram and fills in *packet. */
static void receive(int sock, struct packet *packet)
{
	/* TODO 3: Print "listener: waiting to recvfrom...", then wait for one datagram.
	 * Fill in every member of *packet; recvfrom wants sender_length to be set before.
	 * On failure: "listener: recvfrom: REASON", status 1. 0 bytes is not a failure.
	 * Read: man 2 recvfrom.  Works when: it waits, and goes on when a talker has sent. */
	fprintf(stderr, "listener: stopped at TODO 3\n");
	exit(3);
}

/* Prints who sent the datagram. */
static void print_sender(const struct packet *packet)
{
	/* TODO 4: Print "listener: got packet from ADDR".
	 * The address is packet->sender, packet->sender_length bytes long.
	 * getnameinfo with NI_NUMERICHOST puts it into words.
	 * Read: man 3 getnameinfo.  Works when: ::1 and ::ffff:127.0.0.1 are both named. */
	fprintf(stderr, "listener: stopped at TODO 4\n");
	exit(3);
}

/* Prints what the datagram holds. */
static void print_contents(const struct packet *packet)
{
	/* TODO 5: Print "listener: packet is N bytes long" and "listener: packet contains
	 * "TEXT"". N counts every byte; TEXT ends at the first NUL. If the datagram was
	 * longer than that, print "listener: packet was truncated" as well.
	 * Read: man 3 printf.  Works when: what a talker says is shown. */
	fprintf(stderr, "listener: stopped at TODO 5\n");
	exit(3);
}

int main(void)
{
	struct addrinfo *list = look_up_own_addresses();
	int sock = bind_first(list);
	struct packet packet;

	freeaddrinfo(list);
	if (sock < 0)
		return 2;
	receive(sock, &packet);
	print_sender(&packet);
	print_contents(&packet);
	close(sock);
	return 0;
}
