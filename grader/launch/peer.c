/*
 * peer: the other side of the conversation, scripted word by word. It can do what
 * a student's program must stand: reset, drip, stay silent, answer from another
 * port, send nothing in a datagram.
 *
 * Source: tcp(7), udp(7), socket(7) (SO_LINGER), ipv6(7).
 */
#include "common/text.h"
#include "launch/deadline.h"
#include "launch/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char usage[] =
"usage: peer run   [--within MS] NAME ACTION...    and wait for its end\n"
"       peer start [--within MS] NAME ACTION...    returns at the action `ready`\n"
"       peer wait  NAME                            until a started one has ended\n"
"       peer go    NAME                            ends its `pause`\n"
"       peer stop-all                              ends those that still run\n"
"       peer await NAME TEXT                       until TEXT is in its log; 1: it\n"
"                                                  ended without\n"
"\n"
"  from ADDR PORT        connections and datagrams leave from there; port 0: any\n"
"  connect ADDR PORT     TCP, to a numeric address\n"
"  burst N ADDR PORT     N TCP connections at once; each is read to its end\n"
"  open N ADDR PORT      N TCP connections that just stay open\n"
"  listen ADDR PORT      TCP; then accept, as often as wanted\n"
"  reserve ADDR PORT     TCP, bound but not listening: nobody else gets it\n"
"  accept                the next connection becomes the current one\n"
"  bind ADDR PORT        UDP; port 0: any\n"
"  share                 what is bound from now on lets others share its port\n"
"  to ADDR PORT          where the datagrams of send go\n"
"  receive               one datagram; its sender becomes the `to`\n"
"  receive-until TEXT    every datagram up to one that is TEXT, which is not kept\n"
"  at-least N            receive-until waits 0.2 s for more if TEXT overtook them:\n"
"                        two senders' datagrams may take turns (default 0); a second\n"
"                        TEXT ends that\n"
"  answer TEXT           receive-until sends this back for every datagram it keeps\n"
"  elsewhere             sends from now on leave from a new port\n"
"  send TEXT             bytes, or one datagram (may be empty)\n"
"  send-file FILE        the same from a file\n"
"  drip TEXT             one byte at a time, each in a segment of its own\n"
"  read N                until N bytes have come, or the end\n"
"  read-all              until the end of the stream\n"
"  half-close, close     shutdown(SHUT_WR), close\n"
"  reset                 close with a reset instead of an end\n"
"  pause                 until `peer go NAME`; what was sent before has arrived\n"
"  hold                  until it is ended from outside\n"
"  ready                 start returns here\n"
"  within MS             the rest may take so long\n"
"  repeat N              the rest is done N times\n"
"\n"
"In CHECK_DIR: NAME.got (all bytes received), NAME.got.N (the Nth datagram alone),\n"
"NAME.log (one line per event), NAME.from (last sender, ADDR PORT). Exit status: 0\n"
"every action done; 1 one failed; 2 too late; 64 wrong usage; 125 the peer itself\n"
"failed.\n";

enum { FAILED = 1, LATE = 2, USAGE = 64, HARNESS = 125 };

static struct {
	const char *dir, *name;
	int fd;                 /* the current socket, -1: none */
	int listener;           /* -1: none */
	bool datagrams;
	struct sockaddr_storage source;         /* of `from` */
	socklen_t source_size;  /* 0: as the kernel chooses */
	bool shared;            /* SO_REUSEADDR and SO_REUSEPORT on new sockets */
	struct sockaddr_storage to;
	socklen_t to_size;
	int got;                /* file of received bytes */
	int datagrams_kept, at_least;
	const char *answer;     /* to every datagram, or NULL */
	FILE *log;
	struct deadline deadline;
	int go;                 /* signalfd for `pause` */
	int ready;              /* tells `start` that it may return; -1: told */
} peer = {.fd = -1, .listener = -1, .ready = -1};

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(peer.log, format, args);
	va_end(args);
	fputc('\n', peer.log);
	fflush(peer.log);
}

static void path_of(char *path, size_t size, const char *name, const char *ending)
{
	snprintf(path, size, "%s/%s.%s", peer.dir, name, ending);
}

static void write_status(int status)
{
	char path[4096];
	FILE *file;

	path_of(path, sizeof(path), peer.name, "status");
	file = fopen(path, "we");
	if (file) {
		fprintf(file, "%d\n", status);
		fclose(file);
	}
}

static _Noreturn void finish(int status)
{
	write_status(status);
	exit(status);
}

static _Noreturn void fail(const char *what)
{
	note("%s: %s", what, strerror(errno));
	finish(FAILED);
}

/* Waits for EVENTS on FD. */
static void wait_for(int fd, short events, const char *what)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t before;

	do {
		before = now_ms();
		if (poll(&p, 1, DEADLINE_TICK_MS) > 0)
			return;
	} while (!deadline_over(&peer.deadline, now_ms() - before));
	note("late: %s", what);
	finish(LATE);
}

static socklen_t address(const char *text, const char *port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)atoi(port));
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)atoi(port));
		return sizeof(*v6);
	}
	die(USAGE, "%s is no numeric address", text);
}

static void describe(const struct sockaddr_storage *from, char *text, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "?";
	unsigned port = 0;

	if (from->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)from;

		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		port = ntohs(v4->sin_port);
	} else if (from->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)from;

		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		port = ntohs(v6->sin6_port);
	}
	snprintf(text, size, "%s %u", host, port);
}

static void keep_from(const struct sockaddr_storage *from)
{
	char path[4096], text[128];
	FILE *file;

	describe(from, text, sizeof(text));
	note("from %s", text);
	path_of(path, sizeof(path), peer.name, "from");
	file = fopen(path, "we");
	if (file) {
		fprintf(file, "%s\n", text);
		fclose(file);
	}
}

static void keep_bytes(const void *bytes, size_t length)
{
	if (write(peer.got, bytes, length) != (ssize_t)length)
		die_errno(HARNESS, "cannot keep what came");
}

static int new_socket(const struct sockaddr_storage *a, int type)
{
	int fd = socket(a->ss_family, type | SOCK_CLOEXEC, 0), on;

	if (fd < 0)
		fail("socket");
	if (peer.shared) {
		on = 1;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	}
	if (a->ss_family == AF_INET6) {
		/* Alone with its family, so that both can hold the same port. */
		on = 1;
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	return fd;
}

/* A socket that will send to A, from the address of `from` if it is of the family. */
static int outgoing_socket(const struct sockaddr_storage *a, int type)
{
	int fd = new_socket(a, type);

	if (peer.source_size && peer.source.ss_family == a->ss_family &&
	    bind(fd, (const void *)&peer.source, peer.source_size) < 0)
		fail("from");
	return fd;
}

static int connect_to(const struct sockaddr_storage *a, socklen_t size, bool wait)
{
	int fd = outgoing_socket(a, SOCK_STREAM | SOCK_NONBLOCK), error = 0;
	socklen_t length = sizeof(error);

	if (connect(fd, (const void *)a, size) < 0 && errno != EINPROGRESS)
		fail("connect");
	if (!wait)
		return fd;
	wait_for(fd, POLLOUT, "connect");
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	errno = error;
	/* One that was refused says ECONNREFUSED: this one was made, and reset since. */
	if (error && error != ECONNRESET)
		fail("connect");
	return fd;
}

/* Reads until LIMIT bytes have come, or the end. */
static void read_stream(size_t limit)
{
	char bytes[4096];
	size_t total = 0;

	while (total < limit) {
		size_t room = limit - total < sizeof(bytes) ? limit - total : sizeof(bytes);
		ssize_t got;

		wait_for(peer.fd, POLLIN, "read");
		got = recv(peer.fd, bytes, room, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			fail("recv");
		if (got == 0) {
			note("end after %zu bytes", total);
			return;
		}
		keep_bytes(bytes, (size_t)got);
		total += (size_t)got;
	}
	note("read %zu bytes", total);
}

/* N connections side by side; a line for each that ends: its bytes, escaped. */
static void burst(int n, const struct sockaddr_storage *a, socklen_t size)
{
	struct pollfd *fds = need(calloc((size_t)n, sizeof(*fds)));
	struct { char bytes[64]; size_t length; } *got = need(calloc((size_t)n, sizeof(*got)));
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	int open = n, ended = 0;

	for (int i = 0; i < n; i++)
		fds[i] = (struct pollfd){.fd = connect_to(a, size, false), .events = POLLIN};
	note("opened %d", n);
	if (peer.ready >= 0) {
		if (write(peer.ready, "+", 1) != 1)
			die_errno(HARNESS, "ready");
		close(peer.ready);
		peer.ready = -1;
	}
	while (open > 0) {
		int64_t before = now_ms();

		poll(fds, (nfds_t)n, DEADLINE_TICK_MS);
		for (int i = 0; i < n; i++) {
			ssize_t r;

			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			r = recv(fds[i].fd, got[i].bytes + got[i].length,
			         sizeof(got[i].bytes) - got[i].length, MSG_DONTWAIT);
			if (r < 0 && (errno == EAGAIN || errno == EINTR))
				continue;
			if (r > 0 && (got[i].length += (size_t)r) < sizeof(got[i].bytes))
				continue;
			if (r < 0)
				note("connection %d: %s", i + 1, strerror(errno));
			else
				ended++;
			/* No TIME_WAIT is left on either side. */
			setsockopt(fds[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
			close(fds[i].fd);
			fds[i].fd = -1;
			open--;
		}
		if (open > 0 && deadline_over(&peer.deadline, now_ms() - before))
			break;
	}
	for (int i = 0; i < n; i++) {
		keep_bytes(got[i].bytes, got[i].length);
		keep_bytes("\n", 1);
	}
	note("ended %d of %d", ended, n);
	free(fds);
	free(got);
	if (ended < n)
		finish(open ? LATE : FAILED);
}

static void keep_datagram(const void *bytes, size_t length)
{
	char path[4096], ending[32];
	int fd;

	snprintf(ending, sizeof(ending), "got.%d", ++peer.datagrams_kept);
	path_of(path, sizeof(path), peer.name, ending);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		die_errno(HARNESS, "%s", path);
	close(fd);
	keep_bytes(bytes, length);
}

/* Takes one datagram. False, and it is not kept, if it is the text UNTIL. */
static bool receive_datagram(const char *until)
{
	static char bytes[65536];
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof(from);
	ssize_t got;

	wait_for(peer.fd, POLLIN, "receive");
	got = recvfrom(peer.fd, bytes, sizeof(bytes), 0, (void *)&from, &size);
	if (got < 0)
		fail("recvfrom");
	if (until && (size_t)got == strlen(until) && memcmp(bytes, until, (size_t)got) == 0)
		return false;
	peer.to = from;
	peer.to_size = size;
	note("datagram of %zd bytes", got);
	keep_from(&from);
	keep_datagram(bytes, (size_t)got);
	return true;
}

static void send_bytes(const char *bytes, size_t length)
{
	size_t sent = 0;

	if (peer.datagrams) {
		if (sendto(peer.fd, bytes, length, 0, (void *)&peer.to, peer.to_size) < 0)
			fail("sendto");
		note("sent a datagram of %zu bytes", length);
		return;
	}
	while (sent < length) {
		ssize_t now = send(peer.fd, bytes + sent, length - sent, MSG_NOSIGNAL);

		if (now < 0 && errno != EAGAIN && errno != EINTR)
			fail("send");
		if (now < 0)
			wait_for(peer.fd, POLLOUT, "send");
		else
			sent += (size_t)now;
	}
	note("sent %zu bytes", length);
}

static void receive_until(const char *marker)
{
	struct pollfd p = {.fd = peer.fd, .events = POLLIN};
	int marks = 0;

	while (marks == 0 || (marks == 1 && peer.datagrams_kept < peer.at_least &&
	                      poll(&p, 1, 200) > 0)) {
		if (!receive_datagram(marker))
			marks++;
		else if (peer.answer)
			send_bytes(peer.answer, strlen(peer.answer));
	}
}

static void send_file(const char *path)
{
	static char bytes[1 << 20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	if (got < 0)
		die_errno(USAGE, "%s", path);
	close(fd);
	send_bytes(bytes, (size_t)got);
}

/* Waits until the other side has acknowledged what was sent, byte by byte, so that
 * two bytes never share a segment: SIOCOUTQ would do; TCP_NODELAY and the peer's
 * own reads are enough on loopback, where a sent byte has arrived. */
static void drip(const char *text)
{
	int on = 1;

	setsockopt(peer.fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof(on));
	for (; *text; text++)
		send_bytes(text, 1);
}

static void say_ready(void)
{
	if (peer.ready < 0)
		return;
	if (write(peer.ready, "+", 1) != 1)
		die_errno(HARNESS, "ready");
	close(peer.ready);
	peer.ready = -1;
}

static void close_socket(bool reset)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	/* Closing with no time to linger sends RST instead of FIN: socket(7). */
	if (reset)
		setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(peer.fd);
	peer.fd = -1;
	note(reset ? "reset" : "closed");
}

static void hold(void)
{
	struct pollfd p = {.fd = -1};

	note("holding");
	do
		poll(&p, 0, DEADLINE_TICK_MS);
	while (!deadline_over(&peer.deadline, DEADLINE_TICK_MS));
	finish(0);
}

static void pause_until_go(void)
{
	struct signalfd_siginfo info;
	int unacknowledged = 0;

	/* No event says so: tcp(7), SIOCOUTQ. On loopback it is over at once. */
	while (!peer.datagrams && peer.fd >= 0 &&
	       ioctl(peer.fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0 &&
	       !deadline_over(&peer.deadline, 1))
		poll(NULL, 0, 1);
	note("paused");
	wait_for(peer.go, POLLIN, "pause");
	if (read(peer.go, &info, sizeof(info)) != sizeof(info))
		die_errno(HARNESS, "pause");
}

static void listen_on(const struct sockaddr_storage *a, socklen_t size, bool listening)
{
	int on = 1;
	int *fd = listening ? &peer.listener : &peer.fd;

	*fd = new_socket(a, SOCK_STREAM);
	if (listening)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(*fd, (const void *)a, size) < 0)
		fail("bind");
	if (listening && listen(*fd, 128) < 0)
		fail("listen");
	note(listening ? "listening" : "reserved");
}

static void accept_one(void)
{
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof(from);

	wait_for(peer.listener, POLLIN, "accept");
	peer.fd = accept4(peer.listener, (void *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (peer.fd < 0)
		fail("accept");
	note("accepted");
	keep_from(&from);
}

/* A new socket for what is sent from now on: same address, another port. */
static void send_from_elsewhere(void)
{
	struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof(own);
	int old = peer.fd;

	if (getsockname(old, (void *)&own, &size) < 0)
		fail("getsockname");
	if (own.ss_family == AF_INET)
		((struct sockaddr_in *)(void *)&own)->sin_port = 0;
	else
		((struct sockaddr_in6 *)(void *)&own)->sin6_port = 0;
	peer.fd = new_socket(&own, SOCK_DGRAM);
	if (bind(peer.fd, (void *)&own, size) < 0)
		fail("bind");
	/* The old one stays open: its port must not answer with an error. */
	note("elsewhere");
}

/* Does the action ARGV[0] and returns how many words it took. */
static int act(int argc, char **argv)
{
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	socklen_t size = 0;
	const char *verb = argv[0];
	int words = 1;

#define IS(word) (strcmp(verb, word) == 0)
	if (IS("from") || IS("connect") || IS("listen") || IS("reserve") || IS("bind") || IS("to"))
		words = 3;
	else if (IS("burst") || IS("open"))
		words = 4;
	else if (IS("within") || IS("send") || IS("send-file") || IS("drip") || IS("read") ||
	         IS("receive-until") || IS("answer") || IS("at-least"))
		words = 2;
	if (argc < words)
		die(USAGE, "%s: something is missing behind it", verb);
	if (words >= 3)
		size = address(argv[words - 2], argv[words - 1], &a);

	if (IS("from")) {
		peer.source = a;
		peer.source_size = size;
	} else if (IS("within")) {
		peer.deadline = deadline_in(atol(argv[1]));
	} else if (IS("connect")) {
		peer.fd = connect_to(&a, size, true);
		note("connected");
	} else if (IS("burst")) {
		burst(atoi(argv[1]), &a, size);
	} else if (IS("open")) {
		/* Reset when this process ends: no TIME_WAIT is left on either side. */
		for (int i = 0; i < atoi(argv[1]); i++) {
			const struct linger none = {.l_onoff = 1, .l_linger = 0};
			int fd = connect_to(&a, size, true);

			setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
		}
		note("opened %d", atoi(argv[1]));
	} else if (IS("listen") || IS("reserve")) {
		listen_on(&a, size, IS("listen"));
	} else if (IS("accept")) {
		accept_one();
	} else if (IS("bind")) {
		peer.datagrams = true;
		peer.fd = new_socket(&a, SOCK_DGRAM);
		if (bind(peer.fd, (void *)&a, size) < 0)
			fail("bind");
		note("bound");
	} else if (IS("to")) {
		if (peer.fd < 0)
			peer.fd = outgoing_socket(&a, SOCK_DGRAM);
		peer.datagrams = true;
		peer.to = a;
		peer.to_size = size;
	} else if (IS("share")) {
		peer.shared = true;
	} else if (IS("receive")) {
		receive_datagram(NULL);
	} else if (IS("receive-until")) {
		receive_until(argv[1]);
	} else if (IS("at-least")) {
		peer.at_least = atoi(argv[1]);
	} else if (IS("answer")) {
		peer.answer = argv[1];
	} else if (IS("elsewhere")) {
		send_from_elsewhere();
	} else if (IS("send")) {
		send_bytes(argv[1], strlen(argv[1]));
	} else if (IS("send-file")) {
		send_file(argv[1]);
	} else if (IS("drip")) {
		drip(argv[1]);
	} else if (IS("read")) {
		read_stream((size_t)atol(argv[1]));
	} else if (IS("read-all")) {
		read_stream((size_t)-1);
	} else if (IS("half-close")) {
		shutdown(peer.fd, SHUT_WR);
	} else if (IS("close") || IS("reset")) {
		close_socket(IS("reset"));
	} else if (IS("pause")) {
		pause_until_go();
	} else if (IS("hold")) {
		hold();
	} else if (IS("ready")) {
		say_ready();
	} else {
		die(USAGE, "no such action: %s", verb);
	}
#undef IS
	return words;
}

static void act_all(int argc, char **argv)
{
	while (argc > 0) {
		int words = 2;

		if (strcmp(argv[0], "repeat") == 0 && argc > 1)
			for (int again = atoi(argv[1]); again > 1; again--)
				act_all(argc - 2, argv + 2);
		else
			words = act(argc, argv);
		argc -= words;
		argv += words;
	}
}

static void play(int argc, char **argv)
{
	char path[4096];
	sigset_t go;

	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){4096, 4096});
	sigemptyset(&go);
	sigaddset(&go, SIGUSR1);
	sigprocmask(SIG_BLOCK, &go, NULL);
	peer.go = signalfd(-1, &go, SFD_CLOEXEC);
	path_of(path, sizeof(path), peer.name, "got");
	peer.got = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	path_of(path, sizeof(path), peer.name, "log");
	peer.log = fopen(path, "we");
	if (peer.got < 0 || !peer.log)
		die_errno(HARNESS, "%s", path);
	path_of(path, sizeof(path), peer.name, "from");
	unlink(path);
	/* What one of the same name has kept before in this check is not this one's. */
	for (int i = 1, gone = 0; gone == 0; i++) {
		char ending[32];

		snprintf(ending, sizeof(ending), "got.%d", i);
		path_of(path, sizeof(path), peer.name, ending);
		gone = unlink(path);
	}
	act_all(argc, argv);
	say_ready();
	finish(0);
}

/* ------------------------------------------------------------ from outside of it */

static void start(int argc, char **argv)
{
	char path[4096], word;
	int ready[2];
	FILE *file;
	pid_t pid;

	path_of(path, sizeof(path), peer.name, "status");
	unlink(path);
	if (pipe2(ready, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		die_errno(HARNESS, "start");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		setsid();
		dup2(null, 0);
		dup2(null, 1);
		for (int fd = 3; fd < 64; fd++)
			if (fd != ready[1])
				close(fd);
		peer.ready = ready[1];
		play(argc, argv);
	}
	path_of(path, sizeof(path), peer.name, "pid");
	file = fopen(path, "we");
	if (!file)
		die_errno(HARNESS, "%s", path);
	fprintf(file, "%d\n", pid);
	fclose(file);
	close(ready[1]);
	if (read(ready[0], &word, 1) == 1)
		exit(0);
	/* It ended before it was ready: say what it met. */
	path_of(path, sizeof(path), peer.name, "log");
	file = fopen(path, "re");
	for (int c; file && (c = fgetc(file)) != EOF;)
		fputc(c, stderr);
	exit(FAILED);
}

static int read_number(const char *ending)
{
	char path[4096];
	int number = -1;
	FILE *file;

	path_of(path, sizeof(path), peer.name, ending);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

/* Ends the peers of the check that have not ended by themselves, and returns when
 * their ports are free. */
static int stop_all(void)
{
	glob_t pids;
	char path[4096];

	path_of(path, sizeof(path), "*", "pid");
	if (glob(path, 0, NULL, &pids) != 0)
		return 0;
	for (size_t i = 0; i < pids.gl_pathc; i++) {
		char *name = strrchr(pids.gl_pathv[i], '/') + 1;
		int pid, fd;

		name[strlen(name) - strlen(".pid")] = '\0';
		peer.name = name;
		pid = read_number("pid");
		/* Its number may be somebody else's by now. */
		if (pid <= 0 || read_number("status") >= 0)
			continue;
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
		if (fd < 0)
			continue;
		kill(pid, SIGKILL);
		poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1000);
		close(fd);
	}
	globfree(&pids);
	return 0;
}

/* Ends a pause. Without its number there is nobody: kill(2) would take -1 for all. */
static int let_go(void)
{
	int pid = read_number("pid");

	return pid > 0 && kill(pid, SIGUSR1) == 0 ? 0 : HARNESS;
}

static int wait_for_end(void)
{
	int pid = read_number("pid"), fd;
	struct pollfd p;

	if (pid < 0)
		die(HARNESS, "nobody started %s", peer.name);
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* It ends by its own deadline; this one is for a peer that is broken. */
	p = (struct pollfd){.fd = fd, .events = POLLIN};
	if (fd >= 0 && poll(&p, 1, 60000) == 0)
		die(HARNESS, "%s does not end", peer.name);
	pid = read_number("status");
	return pid < 0 ? HARNESS : pid;
}

/* Is TEXT in the log of the peer? */
static bool logged(const char *text)
{
	char path[4096], log[8192];
	ssize_t got;
	int fd;

	path_of(path, sizeof(path), peer.name, "log");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, log, sizeof(log) - 1);
	close(fd);
	log[got > 0 ? got : 0] = '\0';
	return strstr(log, text) != NULL;
}

static int wait_for_log(const char *text)
{
	while (!logged(text)) {
		/* It may have said so in its last moment. */
		if (read_number("status") >= 0)
			return logged(text) ? 0 : FAILED;
		if (deadline_over(&peer.deadline, 1))
			return LATE;
		poll(NULL, 0, 1);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *isolation = getenv("LAB_ISOLATION");
	const char *verb = argc > 1 ? argv[1] : "";
	int i = 2;

	peer.deadline = deadline_in(3000);
	if (strcmp(verb, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (i + 1 < argc && strcmp(argv[i], "--within") == 0) {
		peer.deadline = deadline_in(atol(argv[i + 1]));
		i += 2;
	}
	peer.dir = getenv("CHECK_DIR");
	if (peer.dir && strcmp(verb, "stop-all") == 0)
		return stop_all();
	if (!peer.dir || i >= argc) {
		fputs(usage, stderr);
		return USAGE;
	}
	peer.name = argv[i++];
	if (strcmp(verb, "wait") == 0)
		return wait_for_end();
	if (strcmp(verb, "await") == 0 && i < argc)
		return wait_for_log(argv[i]);
	if (strcmp(verb, "go") == 0)
		return let_go();
	if (isolation && strcmp(isolation, "enforced") == 0 && net_enter(peer.dir) < 0)
		die_errno(HARNESS, "cannot enter the check's network");
	if (strcmp(verb, "start") == 0)
		start(argc - i, argv + i);
	if (strcmp(verb, "run") == 0)
		play(argc - i, argv + i);
	fputs(usage, stderr);
	return USAGE;
}
