/*
 * server - a TCP server that greets every client
 *
 *	usage: server
 *
 * It listens on port 3490. Each client is greeted by a child process of its
 * own, so that no client has to wait for another one.
 *
 * main, at the end, is the table of contents: begin reading there.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT "3490"              /* where the clients connect */
#define BACKLOG 10               /* how many connections may wait to be accepted */
#define GREETING "Hello, world!" /* 13 bytes: the NUL at its end stays here */

static volatile sig_atomic_t stopping;         /* SIGTERM or SIGINT has come */
static volatile sig_atomic_t listening_socket; /* what stop() closes */

/*
 * Returns the addresses this machine can listen on, of either family.
 * The caller frees the list. Ends the program if the look-up fails.
 */
static struct addrinfo *look_up_own_addresses(void)
{
	/* TODO 1: Look up the addresses to listen on.
	 * Call getaddrinfo with no host, PORT, and hints: either family, a
	 * stream, passive. On failure: "getaddrinfo: REASON" on stderr, status 1.
	 * Read: man 3 getaddrinfo.  Works when: the program stops at the next TODO. */
	fprintf(stderr, "server: stopped at TODO 1\n");
	exit(3);
}

/*
 * Binds a socket to the first address of the list that will have it.
 * Returns the socket, or -1 after saying why there is none.
 */
static int bind_first(const struct addrinfo *list)
{
	/* TODO 2: Bind the first address of the list that will have it.
	 * For each: socket, setsockopt with SO_REUSEADDR, bind. Say "server: bind: REASON"
	 * and close the socket if it fails; after the last, "server: failed to bind".
	 * Read: man 2 bind, man 7 socket.  Works when: a busy port is reported. */
	fprintf(stderr, "server: stopped at TODO 2\n");
	exit(3);
}

/* Makes a bound socket take connections, and says so. */
static void start_listening(int listener)
{
	/* TODO 3: Listen, then print "server: waiting for connections...".
	 * The kernel may keep BACKLOG connections that are not accepted yet.
	 * On failure: "server: listen: REASON", status 1.
	 * Read: man 2 listen.  Works when: `ss -ltn` shows port 3490. */
	fprintf(stderr, "server: stopped at TODO 3\n");
	exit(3);
}

/*
 * Waits for the next client and prints its address. Returns the connection,
 * or -1 with errno set if there is none.
 */
static int accept_client(int listener)
{
	/* TODO 4: Accept the next client and print "server: got connection from ADDR".
	 * The address may be of either family: keep it in a struct sockaddr_storage,
	 * and have getnameinfo with NI_NUMERICHOST put it into words.
	 * Read: man 2 accept, man 3 getnameinfo.  Works when: a client is named. */
	fprintf(stderr, "server: stopped at TODO 4\n");
	exit(3);
}

/*
 * Greets a client from a child process. In the parent this returns at once,
 * with the connection closed.
 */
static void greet(int listener, int connection)
{
	/* TODO 5: Greet the client from a child process.
	 * fork. The child closes the listener, sends the 13 bytes of GREETING (send may
	 * take fewer than asked) and leaves with _exit. The parent closes the connection.
	 * Read: man 2 fork, man 2 send.  Works when: `nc localhost 3490` is greeted and ends. */
	fprintf(stderr, "server: stopped at TODO 5\n");
	exit(3);
}

/* Handles SIGCHLD: one child has ended, or several at once. */
static void reap(int signal_number)
{
	(void)signal_number;
	/* TODO 6: Reap every child that has ended.
	 * Signals do not queue: one SIGCHLD may stand for several children. Call waitpid
	 * with WNOHANG until it finds no more, and leave errno as it was.
	 * Read: man 2 waitpid, man 7 signal-safety.  Works when: `ps` shows no <defunct>. */
	fprintf(stderr, "server: stopped at TODO 6\n");
	exit(3);
}

/*
 * Handles SIGTERM and SIGINT. The flag alone would come too late if main had
 * just looked at it: a closed listener is one that accept cannot wait on.
 */
static void stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
	close(listening_socket);
}

/* Says what happens on the signals that can come. */
static void catch_signals(int listener)
{
	struct sigaction on_child = { .sa_handler = reap, .sa_flags = SA_RESTART };
	struct sigaction on_stop = { .sa_handler = stop };    /* no SA_RESTART: wake up */
	struct sigaction on_pipe = { .sa_handler = SIG_IGN }; /* send returns EPIPE */

	listening_socket = listener;
	sigemptyset(&on_child.sa_mask);
	sigemptyset(&on_stop.sa_mask);
	sigemptyset(&on_pipe.sa_mask);
	if (sigaction(SIGCHLD, &on_child, NULL) < 0 || sigaction(SIGTERM, &on_stop, NULL) < 0 ||
		sigaction(SIGINT, &on_stop, NULL) < 0 ||
		sigaction(SIGPIPE, &on_pipe, NULL) < 0) {
		perror("server: sigaction");
		exit(1);
	}
}

/*
 * What to do when accept has failed. A client that left again is no reason to
 * wait. Out of descriptors or memory, accept would fail again at once, and so
 * on: rest until there may be some, instead of spinning.
 */
static void recover_from_accept(void)
{
	const struct timespec rest = { .tv_nsec = 100L * 1000 * 1000 };

	if (stopping || errno == EINTR || errno == ECONNABORTED)
		return;
	perror("server: accept");
	nanosleep(&rest, NULL); /* a child's end or a stop cuts it short */
}

int main(void)
{
	struct addrinfo *list = look_up_own_addresses();
	int listener = bind_first(list);

	freeaddrinfo(list);
	if (listener < 0)
		return 1;
	catch_signals(listener);
	start_listening(listener);
	while (!stopping) {
		int connection = accept_client(listener);

		if (connection >= 0)
			greet(listener, connection);
		else
			recover_from_accept();
	}
	return 0;
}
