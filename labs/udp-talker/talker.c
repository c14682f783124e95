/*
 * talker - a UDP talker that sends one datagram
 *
 *	usage: talker hostname message
 *
 * It sends the message to port 4950 of the host, over IPv6, and does not know
 * whether anyone hears it.
 *
 * main, at the end, is the table of contents: begin reading there.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define PORT "4950" /* where the listener waits */

/* Ends the program unless it was given a host and a message. */
static void check_arguments(int argc)
{
	/* TODO 1: Make sure that there are two arguments.
	 * If there are not: "usage: talker hostname message" on stderr, status 1.
	 * Read: man 3 exit.  Works when: the program without arguments says how to use it. */
	fprintf(stderr, "talker: stopped at TODO 1\n");
	exit(3);
}

/*
 * Returns the IPv6 addresses of the host's listener. The caller frees the
 * list. Ends the program if there are none.
 */
static struct addrinfo *look_up(const char *host)
{
	/* TODO 2: Look up the addresses of the host.
	 * Call getaddrinfo with host, PORT, and hints: IPv6, datagrams.
	 * On failure: "getaddrinfo: REASON" on stderr, status 1.
	 * Read: man 3 getaddrinfo.  Works when: the host 127.0.0.1 is refused with a reason. */
	fprintf(stderr, "talker: stopped at TODO 2\n");
	exit(3);
}

/*
 * Makes a socket for the first address of the list that can have one, and lets
 * *first point to it. Returns the socket, or -1 after saying why there is none.
 */
static int open_socket(const struct addrinfo *list, const struct addrinfo **first)
{
	/* TODO 3: Make a socket for the first address that can have one.
	 * Say "talker: socket: REASON" if it fails; after the last, "talker: failed to
	 * create socket" on stderr. Nothing is sent, and nobody asked, by socket itself.
	 * Read: man 2 socket.  Works when: the program stops at the next TODO. */
	fprintf(stderr, "talker: stopped at TODO 3\n");
	exit(3);
}

/*
 * Sends the message to an address, or to the next one of the list if that
 * fails. Returns how many bytes went, or -1 after saying why none did.
 */
static ssize_t send_message(int sock, const struct addrinfo *first, const char *message)
{
	/* TODO 4: Send the bytes of the message, without its NUL, with sendto.
	 * The address is first->ai_addr, first->ai_addrlen bytes long. If it fails:
	 * "talker: sendto: REASON" on stderr; try the next address, if there is one.
	 * Read: man 2 sendto.  Works when: `nc -6ul 4950` shows the message. */
	fprintf(stderr, "talker: stopped at TODO 4\n");
	exit(3);
}

/* Prints how much was sent, and to whom. */
static void print_sent(ssize_t sent, const char *host)
{
	/* TODO 5: Print "talker: sent N bytes to HOST".
	 * N is what sendto returned, a ssize_t; HOST is the argument as it was typed.
	 * Read: man 3 printf.  Works when: it says so with and without a listener. */
	fprintf(stderr, "talker: stopped at TODO 5\n");
	exit(3);
}

int main(int argc, char *argv[])
{
	struct addrinfo *list;
	const struct addrinfo *first = NULL;
	int sock;
	ssize_t sent;

	check_arguments(argc);
	list = look_up(argv[1]);
	sock = open_socket(list, &first);
	if (sock < 0) {
		freeaddrinfo(list);
		return 2;
	}
	sent = send_message(sock, first, argv[2]);
	if (sent >= 0)
		print_sent(sent, argv[1]);
	close(sock);
	freeaddrinfo(list);
	return sent >= 0 ? 0 : 1;
}
