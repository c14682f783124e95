#include "launch/supervisor.h"

#include "common/text.h"
#include "launch/deadline.h"
#include "launch/net.h"
#include "launch/proc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
	LOOK_MS = 2,            /* between two looks at what has no event */
	ASKERS = 8,             /* requests that wait at once */
	REQUEST_MAX = 2048,
};

struct stream {
	int terminal;           /* the master's side; -1 when it is over */
	int file;
	char *bytes;
	size_t length;
};

/* A deadline for the program. Once it has computed for as long as it had, it was no
 * victim: a fork bomb waits for a processor because of itself. */
struct limit {
	struct deadline deadline;
	uint64_t enough_ns;
};

struct asker {
	int fd;                 /* -1: free */
	char request[REQUEST_MAX];
	struct limit limit;
};

struct keeper {
	struct launch *launch;
	struct stream out, err;
	pid_t init, program;
	int report, ready, mail;        /* from the cell */
	int listener;                   /* of the fault filter, or -1 */
	int control;                    /* where askers connect, or -1 */
	int owner;                      /* pidfd of LAUNCH_OWNER, or -1 */
	struct asker askers[ASKERS];
	bool ended, running;
	char end[64];
	int started;
	int64_t start_ms;               /* just before the program began */
	int64_t last_ms;
	struct limit life;
};

/* ------------------------------------------------------------------ deadlines */

/* Nanoseconds that the program's processes have computed. */
static uint64_t computed_ns(const struct keeper *k)
{
	pid_t tree[PROC_MAX];
	uint64_t ran, waited, sum = 0;
	int count = k->init > 0 ? proc_tree(k->init, tree, PROC_MAX) : 0;

	for (int i = 0; i < count; i++) {
		proc_time(tree[i], &ran, &waited);
		sum += ran;
	}
	return sum;
}

static struct limit limit_in(const struct keeper *k, long ms)
{
	return (struct limit){.deadline = deadline_in(ms),
	                      .enough_ns = computed_ns(k) + (uint64_t)ms * 1000000};
}

/* Counts PASSED milliseconds. True when the time is over. */
static bool limit_over(const struct keeper *k, struct limit *limit, int64_t passed)
{
	if (deadline_over(&limit->deadline, passed))
		return true;
	/* Worth a look only when somebody waits for a processor. */
	return passed > DEADLINE_TICK_MS && computed_ns(k) >= limit->enough_ns;
}

/* ---------------------------------------------------------------------- output */

static bool open_stream(struct keeper *k, struct stream *s, const char *ending, int *slave)
{
	char path[4096];
	struct termios raw;
	struct winsize size = {.ws_row = 24, .ws_col = 80};

	snprintf(path, sizeof(path), "%s/%s.%s", k->launch->dir, k->launch->name, ending);
	s->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	s->bytes = need(malloc(k->launch->output_cap + 1));
	s->bytes[0] = '\0';
	memset(&raw, 0, sizeof(raw));
	cfmakeraw(&raw);
	raw.c_cflag |= CS8 | CREAD;
	/* Raw: no carriage return is added, bytes arrive as they were printed. */
	if (s->file < 0 || openpty(&s->terminal, slave, NULL, &raw, &size) < 0)
		return false;
	fcntl(s->terminal, F_SETFD, FD_CLOEXEC);
	fcntl(*slave, F_SETFD, FD_CLOEXEC);
	fcntl(s->terminal, F_SETFL, O_NONBLOCK);
	return true;
}

static void end_all(struct keeper *k, const char *how);

/* Reads what is there. EIO: the last writer has closed it. Between the kernel's look for
 * bytes and its look for writers (n_tty_read) one may write and close: only what is
 * said twice is true. */
static void read_stream(struct keeper *k, struct stream *s)
{
	bool closed = false;

	while (s->terminal >= 0) {
		size_t room = k->launch->output_cap - s->length;
		char *at = s->bytes + s->length;
		char beyond[4096];
		ssize_t got = read(s->terminal, room ? at : beyond, room ? room : sizeof(beyond));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0 && !closed) {
			closed = true;
			continue;
		}
		if (got <= 0) {
			close(s->terminal);
			s->terminal = -1;
			return;
		}
		if (!room) {
			end_all(k, "flood");
			return;
		}
		if (write(s->file, at, (size_t)got) != got)
			complain("cannot write down the program's output");
		s->length += (size_t)got;
		s->bytes[s->length] = '\0';
	}
}

static bool stream_has(const struct stream *s, const char *text)
{
	return memmem(s->bytes, s->length, text, strlen(text)) != NULL;
}

/* Is TEXT a whole line of it, the newline included? */
static bool stream_has_line(const struct stream *s, const char *text)
{
	size_t length = strlen(text);
	const char *at = s->bytes, *end = s->bytes + s->length;

	while (at < end && (at = memmem(at, (size_t)(end - at), text, length)) != NULL) {
		if ((at == s->bytes || at[-1] == '\n') && at + length < end && at[length] == '\n')
			return true;
		at++;
	}
	return false;
}

/* ------------------------------------------------------------------ how it ends */

static void write_line(const struct keeper *k, const char *ending, const char *line)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.%s", k->launch->dir, k->launch->name, ending);
	file = fopen(path, "we");
	if (file) {
		fprintf(file, "%s\n", line);
		fclose(file);
	}
}

static void note_end(struct keeper *k, const char *how)
{
	char ran[32];

	if (k->ended)
		return;
	k->ended = true;
	snprintf(k->end, sizeof(k->end), "%s", how);
	snprintf(ran, sizeof(ran), "%lld", (long long)(now_ms() - k->start_ms));
	write_line(k, "ran", ran);
	write_line(k, "end", how);
}

/* Ends every process of the program, and waits until they are gone. */
static void end_all(struct keeper *k, const char *how)
{
	pid_t tree[PROC_MAX];
	int count;

	if (k->init <= 0)
		return;
	/* Without a PID namespace each one must be met alone; new ones may come. */
	while (!k->launch->walls && (count = proc_tree(k->init, tree, PROC_MAX)) > 0) {
		bool alive = false;

		for (int i = 0; i < count; i++)
			alive |= proc_state(tree[i]) != 'Z' && kill(tree[i], SIGKILL) == 0;
		if (!alive)
			break;
	}
	kill(k->init, SIGKILL);
	while (waitpid(k->init, NULL, 0) < 0 && errno == EINTR)
		;
	k->init = -1;
	note_end(k, how);
	read_stream(k, &k->out);
	read_stream(k, &k->err);
	if (k->listener >= 0)
		close(k->listener);
	k->listener = -1;
}

static void read_report(struct keeper *k)
{
	struct cell_report report;
	char how[64];

	if (read(k->report, &report, sizeof(report)) != sizeof(report)) {
		/* The init went without a word: somebody killed it, or out of memory. */
		close(k->report);
		k->report = -1;
		if (!k->ended)
			end_all(k, "lost");
		return;
	}
	read_stream(k, &k->out);
	read_stream(k, &k->err);
	if (WIFSIGNALED(report.status))
		snprintf(how, sizeof(how), "signal %d SIG%s", WTERMSIG(report.status),
		         sigabbrev_np(WTERMSIG(report.status)));
	else
		snprintf(how, sizeof(how), "exit %d", WEXITSTATUS(report.status));
	note_end(k, how);
}

/* ------------------------------------------------------------------- conditions */

/* The program itself: the first child of the cell's init. */
static pid_t program_of(struct keeper *k)
{
	if (k->program <= 0 && k->init > 0 && proc_children(k->init, &k->program, 1) < 1)
		k->program = 0;
	return k->program;
}

static int count_children(struct keeper *k, bool zombies)
{
	pid_t children[PROC_MAX];
	int count = proc_children(program_of(k), children, PROC_MAX), found = 0;

	for (int i = 0; i < count; i++) {
		char state = proc_state(children[i]);

		found += zombies ? state == 'Z' : state != 'Z' && state != 0;
	}
	return found;
}

/* Living processes besides the program: its children, and theirs, whoever has them
 * now. */
static int count_others(struct keeper *k)
{
	pid_t tree[PROC_MAX], program = program_of(k);
	int count = k->init > 0 ? proc_tree(k->init, tree, PROC_MAX) : 0, found = 0;

	for (int i = 0; i < count; i++) {
		char state = proc_state(tree[i]);

		found += tree[i] != program && state != 'Z' && state != 'X' && state != 0;
	}
	return found;
}

static bool in_cell(struct keeper *k, uint32_t inode)
{
	pid_t tree[PROC_MAX];
	int count;

	if (!inode || k->init <= 0)
		return false;
	count = proc_tree(k->init, tree, PROC_MAX);
	for (int i = 0; i < count; i++)
		if (proc_holds_socket(tree[i], inode))
			return true;
	return false;
}

/* Finds the program's own socket on PORT: a TCP one in LISTEN, or a UDP one. */
static bool own_socket(struct keeper *k, enum net_what what, int port,
                       struct net_socket *found)
{
	struct net_socket sockets[64];
	int count = net_sockets(what, (uint16_t)port, sockets, 64);

	for (int i = 0; i < count && i < 64; i++)
		if (in_cell(k, sockets[i].inode)) {
			*found = sockets[i];
			return true;
		}
	return false;
}

/* Is the program connected to PORT of a peer, has it read all that came, and sleeps?
 * Then connect(2) has returned, and whatever comes next it will meet in a receive. */
static bool receives_from(struct keeper *k, int port)
{
	/* Half closed will do: not SYN_SENT, TIME_WAIT, CLOSE or LISTEN, tcp_states.h. */
	static const unsigned char not_these[] = { 2, 6, 7, 10 };
	static struct net_socket sockets[1024];
	int count = net_sockets(NET_TCP, 0, sockets, 1024);

	for (int i = 0; i < count && i < 1024; i++)
		if (!memchr(not_these, sockets[i].state, sizeof(not_these)) &&
		    sockets[i].peer_port == port && sockets[i].receive_queue == 0 &&
		    in_cell(k, sockets[i].inode))
			return proc_state(program_of(k)) == 'S';
	return false;
}

static uint64_t cpu_ms(const struct keeper *k)
{
	pid_t tree[PROC_MAX];
	uint64_t ran, waited, sum = 0;
	int count = k->init > 0 ? proc_tree(k->init, tree, PROC_MAX) : 0;

	for (int i = 0; i < count; i++) {
		proc_time(tree[i], &ran, &waited);
		sum += ran;
	}
	return sum / 1000000;
}

/* Is CONDITION the case? -1: there is no such condition. */
static int holds(struct keeper *k, const char *condition)
{
	struct net_socket socket;
	const char *colon = strchr(condition, ':');
	const char *value = colon ? colon + 1 : "";
	long number = strtol(value, NULL, 10);

#define IS(word) (strncmp(condition, word ":", sizeof(word)) == 0)
	if (strcmp(condition, "end") == 0)
		return k->ended;
	if (IS("out"))
		return stream_has(&k->out, value);
	if (IS("line"))
		return stream_has_line(&k->out, value);
	if (IS("err"))
		return stream_has(&k->err, value);
	if (IS("listening"))
		return own_socket(k, NET_LISTENING, (int)number, &socket);
	if (IS("bound"))
		return own_socket(k, NET_UDP, (int)number, &socket);
	if (IS("queued"))
		return own_socket(k, NET_LISTENING, (int)number, &socket) &&
		       socket.receive_queue >= (uint32_t)atoi(strchr(value, ':') ? strchr(value, ':') + 1 : "1");
	if (IS("receiving"))
		return receives_from(k, (int)number);
	if (IS("zombies"))
		return count_children(k, true) == number;
	if (IS("children"))
		return count_children(k, false) == number;
	if (IS("others"))
		return count_others(k) == number;
	if (IS("descriptors"))
		return proc_descriptors(program_of(k), NULL) == number;
	if (IS("sockets")) {
		int sockets = -1;

		return proc_descriptors(program_of(k), &sockets) >= 0 && sockets == number;
	}
	if (IS("held"))
		return k->launch->faults.held_count >= number;
	if (IS("calls")) {
		char call[16];

		snprintf(call, sizeof(call), "%.*s", (int)strcspn(value, ":"), value);
		return fault_seen(&k->launch->faults, call) >=
		       strtoul(value + strcspn(value, ":") + (strchr(value, ':') ? 1 : 0), NULL, 10);
	}
	if (IS("cpu"))
		return cpu_ms(k) >= (uint64_t)number;
#undef IS
	return -1;
}

/* ------------------------------------------------------------------------ askers */

static void reply(struct asker *a, const char *text)
{
	/* An asker that left meanwhile is no concern of ours. */
	send(a->fd, text, strlen(text), MSG_NOSIGNAL);
	close(a->fd);
	a->fd = -1;
}

/* "tcp 3490 udp 4950": where the program listens and what it has bound. */
static void list_ports(struct keeper *k, char *text, size_t size)
{
	struct net_socket sockets[64];
	size_t length = 0;

	for (int udp = 0; udp < 2; udp++) {
		int count = net_sockets(udp ? NET_UDP : NET_LISTENING, 0, sockets, 64);

		for (int i = 0; i < count && i < 64 && length < size; i++)
			if (in_cell(k, sockets[i].inode))
				length += (size_t)snprintf(text + length, size - length, "%s%s %u",
				                           length ? " " : "", udp ? "udp" : "tcp",
				                           sockets[i].port);
	}
}

static void show(struct keeper *k, struct asker *a, const char *what)
{
	struct net_socket socket;
	char text[256] = "", address[INET6_ADDRSTRLEN];
	int sockets = 0;

	if (strcmp(what, "descriptors") == 0)
		snprintf(text, sizeof(text), "%d", proc_descriptors(program_of(k), NULL));
	else if (strcmp(what, "sockets") == 0 && proc_descriptors(program_of(k), &sockets) >= 0)
		snprintf(text, sizeof(text), "%d", sockets);
	else if (strcmp(what, "children") == 0)
		snprintf(text, sizeof(text), "%d", count_children(k, false));
	else if (strcmp(what, "others") == 0)
		snprintf(text, sizeof(text), "%d", count_others(k));
	else if (strcmp(what, "zombies") == 0)
		snprintf(text, sizeof(text), "%d", count_children(k, true));
	else if (strcmp(what, "cpu") == 0)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)cpu_ms(k));
	else if (strcmp(what, "held") == 0)
		snprintf(text, sizeof(text), "%d", k->launch->faults.held_count);
	else if (strcmp(what, "pid") == 0)
		snprintf(text, sizeof(text), "%d", program_of(k));
	else if (strcmp(what, "end") == 0)
		snprintf(text, sizeof(text), "%s", k->ended ? k->end : "running");
	else if (strncmp(what, "calls:", 6) == 0)
		snprintf(text, sizeof(text), "%u", fault_seen(&k->launch->faults, what + 6));
	else if (strncmp(what, "tcp:", 4) == 0 || strncmp(what, "udp:", 4) == 0) {
		enum net_what kind = *what == 't' ? NET_LISTENING : NET_UDP;

		if (own_socket(k, kind, atoi(what + 4), &socket))
			snprintf(text, sizeof(text), "%s backlog %u peer %u at %s",
			         socket.family == AF_INET ? "ipv4" : "ipv6",
			         socket.backlog, socket.peer_port,
			         inet_ntop(socket.family, socket.address, address,
			                   sizeof(address)));
		else
			snprintf(text, sizeof(text), "none");
	} else if (strcmp(what, "ports") == 0) {
		list_ports(k, text, sizeof(text));
		if (!*text)
			snprintf(text, sizeof(text), "none");
	} else if (strncmp(what, "child-holds:", 12) == 0) {
		/* Does the process of a held call have the listening socket open? */
		bool holds_it = false;

		if (own_socket(k, NET_LISTENING, atoi(what + 12), &socket))
			for (int i = 0; i < k->launch->faults.held_count; i++)
				holds_it |= proc_holds_socket(k->launch->faults.held_pid[i],
				                              socket.inode);
		snprintf(text, sizeof(text), "%s", holds_it ? "yes" : "no");
	} else if (strcmp(what, "held-by") == 0) {
		snprintf(text, sizeof(text), "%s",
		         k->launch->faults.held_count == 0 ? "nobody" :
		         k->launch->faults.held_pid[0] == program_of(k) ? "program" : "child");
	} else {
		snprintf(text, sizeof(text), "no such thing: %.100s", what);
	}
	reply(a, text);
}

static void send_signal(struct keeper *k, struct asker *a, const char *what)
{
	static const char *const names[] = {"HUP", "INT", "TERM", "KILL", "STOP",
	                                    "CONT", "CHLD", "PIPE", "USR1", "USR2"};
	static const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGKILL, SIGSTOP,
	                              SIGCONT, SIGCHLD, SIGPIPE, SIGUSR1, SIGUSR2};
	size_t length = strcspn(what, " ");
	pid_t program = program_of(k);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		pid_t tree[PROC_MAX];
		int count = 0;

		if (strlen(names[i]) != length || strncmp(names[i], what, length) != 0)
			continue;
		if (k->ended || program <= 0) {
			reply(a, "no ended");
			return;
		}
		if (strcmp(what + length, " all") == 0)
			count = proc_tree(program, tree, PROC_MAX);
		while (count-- > 0)
			kill(tree[count], numbers[i]);
		kill(program, numbers[i]);
		/* A stop takes effect a little later: wait until it has. */
		while (numbers[i] == SIGSTOP && !strchr("TtZX", proc_state(program)))
			poll(NULL, 0, 1);
		reply(a, "yes");
		return;
	}
	reply(a, "no such signal");
}

/* Lets the program have no descriptor more than it has now ("none"), or again as
 * many as it may ("enough"): prlimit(2). */
static void limit_descriptors(struct keeper *k, struct asker *a, bool none)
{
	pid_t program = program_of(k);
	struct rlimit limit;
	char target[128];

	if (k->ended || program <= 0 || prlimit(program, RLIMIT_NOFILE, NULL, &limit) < 0) {
		reply(a, "no ended");
		return;
	}
	limit.rlim_cur = limit.rlim_max;
	if (none)
		for (limit.rlim_cur = 0; proc_descriptor(program, (int)limit.rlim_cur, target,
		                                         sizeof(target)); limit.rlim_cur++)
			;
	reply(a, prlimit(program, RLIMIT_NOFILE, &limit, NULL) < 0 ? "no such limit" : "yes");
}

/* Looks whether all conditions of a waiting request hold; answers if it is time. */
static void look(struct keeper *k, struct asker *a, int64_t passed)
{
	char copy[REQUEST_MAX], *save, *condition, text[256];
	bool all = true;

	memcpy(copy, a->request, sizeof(copy));
	/* Conditions may hold spaces, so they are separated by tabs. */
	for (condition = strtok_r(copy, "\t", &save); condition && all;
	     condition = strtok_r(NULL, "\t", &save)) {
		int is = holds(k, condition);

		if (is < 0) {
			snprintf(text, sizeof(text), "no such condition: %.100s", condition);
			reply(a, text);
			return;
		}
		all = is == 1;
	}
	if (all) {
		reply(a, "yes");
	} else if (k->ended) {
		snprintf(text, sizeof(text), "no ended %s", k->end);
		reply(a, text);
	} else if (limit_over(k, &a->limit, passed)) {
		reply(a, "no late");
	}
}

static void take_request(struct keeper *k, struct asker *a)
{
	char line[REQUEST_MAX];
	ssize_t got = recv(a->fd, line, sizeof(line) - 1, 0);

	if (got <= 0) {
		close(a->fd);
		a->fd = -1;
		return;
	}
	line[got] = '\0';
	if (strncmp(line, "await ", 6) == 0) {
		char *rest;
		long ms = strtol(line + 6, &rest, 10);

		snprintf(a->request, sizeof(a->request), "%s", *rest ? rest + 1 : "");
		a->limit = limit_in(k, ms);
		look(k, a, 0);
	} else if (strncmp(line, "signal ", 7) == 0) {
		send_signal(k, a, line + 7);
	} else if (strncmp(line, "descriptors ", 12) == 0) {
		limit_descriptors(k, a, strcmp(line + 12, "none") == 0);
	} else if (strcmp(line, "release") == 0 || strcmp(line, "release once") == 0) {
		if (k->listener >= 0)
			fault_release(&k->launch->faults, k->listener, strlen(line) == 7);
		reply(a, "yes");
	} else if (strncmp(line, "show ", 5) == 0) {
		show(k, a, line + 5);
	} else if (strcmp(line, "stop") == 0) {
		end_all(k, "stopped");
		k->running = false;
		reply(a, k->end);
	} else {
		reply(a, "no such request");
	}
}

static void take_asker(struct keeper *k)
{
	int fd = accept4(k->control, NULL, NULL, SOCK_CLOEXEC);

	for (int i = 0; fd >= 0 && i < ASKERS; i++)
		if (k->askers[i].fd < 0) {
			k->askers[i].fd = fd;
			k->askers[i].request[0] = '\0';
			return;
		}
	if (fd >= 0)
		close(fd);
}

/* A folder's path may be longer than a socket's address: unix(7) allows 107. */
static socklen_t control_address(int dir, const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s.ctl",
	         dir, name);
	return (socklen_t)sizeof(*address);
}

static bool open_control(struct keeper *k)
{
	struct sockaddr_un address;
	int dir = open(k->launch->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	socklen_t size = control_address(dir, k->launch->name, &address);
	bool done;

	unlink(address.sun_path);
	k->control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	done = dir >= 0 && k->control >= 0 &&
	       bind(k->control, (void *)&address, size) == 0 && listen(k->control, 16) == 0;
	close(dir);
	return done;
}

int supervisor_ask(const char *dir, const char *name, const char *request,
                   char *answer, size_t size)
{
	struct sockaddr_un address;
	int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	socklen_t length = control_address(folder, name, &address);
	ssize_t got = -1;

	if (folder >= 0 && fd >= 0 && connect(fd, (void *)&address, length) == 0 &&
	    send(fd, request, strlen(request), MSG_NOSIGNAL) >= 0)
		got = recv(fd, answer, size - 1, 0);
	close(fd);
	close(folder);
	if (got <= 0)
		return -1;
	answer[got] = '\0';
	return 0;
}

/* ---------------------------------------------------------------------- the loop */

static int receive_listener(int from)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1,
	                         .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *head;
	int fd = -1;

	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) == 1 &&
	    (head = CMSG_FIRSTHDR(&message)) != NULL && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

/* Says to whoever started us that the program runs, or why not. */
static void say_started(struct keeper *k, const char *trouble)
{
	ssize_t ignored;

	if (k->started < 0)
		return;
	ignored = trouble ? write(k->started, trouble, strlen(trouble))
	                  : write(k->started, "+", 1);
	(void)ignored;
	close(k->started);
	k->started = -1;
}

/* The pipe that closes on exec: silence means that the program runs. */
static bool read_ready(struct keeper *k)
{
	char text[256];
	int error;
	ssize_t got = read(k->ready, &error, sizeof(error));

	close(k->ready);
	k->ready = -1;
	if (got != sizeof(error)) {
		say_started(k, NULL);
		return true;
	}
	snprintf(text, sizeof(text), "the program cannot be started: %s\n", strerror(error));
	say_started(k, text);
	return false;
}

static bool start_cell(struct keeper *k, int slaves[2])
{
	struct launch *l = k->launch;
	int calls[32], report[2], ready[2], mail[2];
	struct cell cell = {
		.argv = l->argv, .dir = l->dir, .name = l->name, .preload = l->preload,
		.address_fault = l->address_fault,
		.address_names = l->address_names, .walls = l->walls,
		.sanitized = l->sanitized, .descriptors = l->descriptors,
		.out = slaves[0], .err = slaves[1], .calls = calls,
		.call_count = fault_calls(&l->faults, calls, 32),
	};

	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, mail) < 0)
		return false;
	cell.report = report[1];
	cell.ready = ready[1];
	cell.listener = mail[1];
	k->start_ms = now_ms();
	k->init = cell_start(&cell);
	close(report[1]);
	close(ready[1]);
	close(mail[1]);
	close(slaves[0]);
	close(slaves[1]);
	k->report = report[0];
	k->ready = ready[0];
	k->mail = mail[0];
	return k->init > 0;
}

static void wait_for_events(struct keeper *k)
{
	struct pollfd fds[8 + ASKERS];
	struct pollfd *owner;
	bool waiting = false;
	int n = 0, timeout = DEADLINE_TICK_MS;
	int64_t now, passed;

#define WATCH(fd_) (fds[n++] = (struct pollfd){.fd = (fd_), .events = POLLIN})
	WATCH(k->out.terminal);
	WATCH(k->err.terminal);
	WATCH(k->report);
	WATCH(k->ready);
	WATCH(k->ready >= 0 && k->listener < 0 ? k->mail : -1);
	WATCH(k->listener);
	WATCH(k->control);
	for (int i = 0; i < ASKERS; i++) {
		WATCH(k->askers[i].fd);
		waiting |= k->askers[i].fd >= 0 && k->askers[i].request[0];
	}
	owner = &fds[n];
	WATCH(k->owner);
#undef WATCH
	if (waiting)
		timeout = LOOK_MS;
	poll(fds, (nfds_t)n, timeout);

	if (fds[4].revents & POLLIN)
		k->listener = receive_listener(k->mail);
	if (fds[5].revents && !fault_answer(&k->launch->faults, k->listener)) {
		close(k->listener);
		k->listener = -1;
	}
	if (fds[0].revents)
		read_stream(k, &k->out);
	if (fds[1].revents)
		read_stream(k, &k->err);
	if (fds[3].revents && k->ready >= 0 && !read_ready(k)) {
		end_all(k, "not started");
		k->running = false;
		return;
	}
	if (owner->revents) {
		end_all(k, "stopped");
		k->running = false;
		return;
	}
	if (fds[2].revents && k->report >= 0)
		read_report(k);
	if (fds[6].revents && k->control >= 0)
		take_asker(k);

	now = now_ms();
	passed = now - k->last_ms;
	k->last_ms = now;
	for (int i = 0; i < ASKERS; i++) {
		struct asker *a = &k->askers[i];

		if (a->fd < 0)
			continue;
		if (a->request[0])
			look(k, a, passed);
		else if (fds[7 + i].revents)
			take_request(k, a);
	}
	if (limit_over(k, &k->life, passed)) {
		/* A program that was ended stays askable, once as long again. */
		if (k->init <= 0)
			k->running = false;
		end_all(k, "late");
		k->life = limit_in(k, k->launch->life_ms);
	}
}

/* The process with which a started program ends: pidfd_open(2). */
static int open_owner(void)
{
	const char *owner = getenv("LAUNCH_OWNER");

	return owner ? (int)syscall(SYS_pidfd_open, atoi(owner), 0U) : -1;
}

int supervise(struct launch *launch, long within_ms, int started)
{
	struct keeper k = {.launch = launch, .listener = -1, .control = -1, .owner = -1,
	                   .report = -1, .ready = -1, .mail = -1, .running = true,
	                   .started = started};
	int slaves[2];

	for (int i = 0; i < ASKERS; i++)
		k.askers[i].fd = -1;
	signal(SIGPIPE, SIG_IGN);
	if (!open_stream(&k, &k.out, "out", &slaves[0]) ||
	    !open_stream(&k, &k.err, "err", &slaves[1]) ||
	    (within_ms <= 0 && !open_control(&k)) || !start_cell(&k, slaves)) {
		char text[256];

		snprintf(text, sizeof(text), "the launcher cannot start: %s\n", strerror(errno));
		say_started(&k, text);
		return LAUNCH_HARNESS;
	}
	if (within_ms <= 0)
		k.owner = open_owner();
	k.last_ms = now_ms();
	k.life = limit_in(&k, within_ms > 0 ? within_ms : launch->life_ms);
	while (k.running && !(within_ms > 0 && k.ended))
		wait_for_events(&k);
	if (k.init > 0)
		end_all(&k, "stopped");
	if (strcmp(k.end, "not started") == 0)
		return LAUNCH_HARNESS;
	return strncmp(k.end, "exit", 4) == 0 || strncmp(k.end, "signal", 6) == 0 ? 0 : 1;
}
