#include "run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text.h"

enum { SAID_MAX = 4096, PAUSE_MS = 50, BOX_FAILED = 125 };

/* One session while it runs. */
struct run {
	struct session *session;
	struct scoring *scoring;
	pid_t pid;              /* and process group; 0: reaped */
	int out, err;           /* our ends of its pipes; -1: closed */
	int64_t due;            /* when it must have ended */
	int64_t heard;          /* when TAP came last; 0: never */
	bool stopped;           /* SIGTERM was sent; DUE is SIGKILL's now */
	int status;             /* of waitpid */
	char *why;              /* why results may be missing, or NULL */
	char said[SAID_MAX + 1];
	size_t said_len;
};

static int signals = -1;        /* signalfd(2) */
static sigset_t ours, before;

void sessions_prepare(void)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		sigaddset(&ours, taken[i]);
	sigprocmask(SIG_BLOCK, &ours, &before);
	sigaction(SIGPIPE, &ignore, NULL);
	signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		die_errno(3, "signalfd");
}

/* ---- one session ------------------------------------------------------------ */

static _Noreturn void become(const struct session *session, int out, int err, pid_t parent)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	int in = open("/dev/null", O_RDONLY);

	/* A session of its own: no terminal to write to or to take input from, and a
	 * process group that can be ended as one. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(BOX_FAILED);
	sigaction(SIGPIPE, &standard, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(BOX_FAILED);
	/* Whatever was open in our parent, make's job server among it, is not for
	 * what runs below. */
	if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0)
		for (int fd = 3; fd < 1024; fd++)
			close(fd);
	execve(session->argv[0], session->argv, session->env);
	fprintf(stderr, "%s: %s\n", session->argv[0], strerror(errno));
	_exit(BOX_FAILED);
}

static bool begin(struct run *run, struct session *session)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	pid_t self = getpid();
	int64_t now = now_ms();

	*run = (struct run){ .session = session, .due = now + session->patience_ms };
	run->scoring = scoring_begin(session->lab, session->suite, session->asked, session->count,
	                             now, session->settled, session->context);
	session->sofar = scoring_result(run->scoring);
	/* Our ends must not block us, and must not reach the next session's children. */
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		die_errno(3, "pipe");
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	fflush(NULL);
	run->pid = fork();
	if (run->pid == 0)
		become(session, out[1], err[1], self);
	close(out[1]);
	close(err[1]);
	run->out = out[0];
	run->err = err[0];
	if (run->pid > 0)
		return true;
	run->why = text_format("cannot start a process: %s", strerror(errno));
	run->pid = 0;
	return false;
}

static void stop(struct run *run, int signal_number, int64_t now)
{
	/* The group's leader may not be its leader yet. */
	if (run->pid > 0 && kill(-run->pid, signal_number) < 0)
		kill(run->pid, signal_number);
	run->stopped = true;
	run->due = now + SESSION_GRACE_MS;
}

static void overdue(struct run *run, int64_t now)
{
	if (run->stopped) {
		stop(run, SIGKILL, now);
		return;
	}
	run->why = text_format("the suite was stopped after %d seconds",
	                       (int)((run->heard ? run->session->limit_ms :
	                              run->session->patience_ms) / 1000));
	stop(run, SIGTERM, now);
}

static void hear_tap(struct run *run, int64_t now)
{
	char bytes[16384];
	ssize_t n = read(run->out, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(run->out);
		run->out = -1;
		return;
	}
	if (!run->heard && !run->stopped)
		run->due = now + run->session->limit_ms;
	run->heard = now;
	if (!scoring_feed(run->scoring, bytes, (size_t)n, now) && !run->stopped) {
		run->why = need(strdup("the suite said more than is read"));
		stop(run, SIGTERM, now);
	}
}

/* Standard error: its beginning is kept, the rest is read and forgotten. */
static void hear_complaints(struct run *run)
{
	char bytes[4096], *line;
	ssize_t n = read(run->err, bytes, sizeof(bytes));
	size_t room = SAID_MAX - run->said_len, from = run->said_len;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(run->err);
		run->err = -1;
		return;
	}
	if ((size_t)n < room)
		room = (size_t)n;
	memcpy(run->said + from, bytes, room);
	run->said_len += room;
	if (run->heard || !run->session->said || room == 0)
		return;
	while (room > 0 && run->said[from + room - 1] == '\n')
		room--;
	line = text_escaped(run->said + from, room, TEXT_PLAIN);
	run->session->said(run->session->context, line);
	free(line);
}

/* In case of need, why there are no results: what box or Bats complained of. */
static void find_reason(struct run *run)
{
	size_t len = run->said_len;

	if (run->why)
		return;
	while (len > 0 && run->said[len - 1] == '\n')
		len--;
	if (len > 0)
		run->why = text_escaped(run->said, len > 400 ? 400 : len, TEXT_LINES);
	else if (WIFSIGNALED(run->status))
		run->why = text_format("the box was ended by signal %d (%s)", WTERMSIG(run->status),
		                       strsignal(WTERMSIG(run->status)));
	for (char *c = run->why; c && *c; c++)
		if (*c == '\n')
			*c = ' ';
}

static void end(struct run *run)
{
	if (run->out >= 0)
		close(run->out);
	if (run->err >= 0)
		close(run->err);
	find_reason(run);
	run->session->result = scoring_end(run->scoring, run->why);
	run->session->sofar = run->session->result;
	free(run->why);
}

/* ---- all of them ------------------------------------------------------------ */

struct crowd {
	struct run *runs;
	size_t count;
	int interrupted;        /* the signal, or 0 */
};

static void reap(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		struct run *run = &crowd->runs[i];

		if (run->pid > 0 && waitpid(run->pid, &run->status, WNOHANG) == run->pid) {
			/* Nobody else of the group has work to do any more. */
			kill(-run->pid, SIGKILL);
			run->pid = 0;
		}
	}
}

static void interrupt(struct crowd *crowd, int signal_number)
{
	int64_t now = now_ms();

	/* Asked for a second time: at once. */
	for (size_t i = 0; i < crowd->count; i++)
		stop(&crowd->runs[i], crowd->interrupted ? SIGKILL : SIGTERM, now);
	crowd->interrupted = signal_number;
}

static void hear_signals(struct crowd *crowd)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(crowd);
		else
			interrupt(crowd, (int)info.ssi_signo);
	}
}

/* How long nothing need be done if nothing happens. */
static int quiet_ms(const struct crowd *crowd, int64_t now)
{
	int64_t quiet = 60000;

	for (size_t i = 0; i < crowd->count; i++) {
		int64_t left = crowd->runs[i].due - now;

		if (scoring_waits(crowd->runs[i].scoring) && left > PAUSE_MS)
			left = PAUSE_MS;
		if (left < quiet)
			quiet = left > 0 ? left : 0;
	}
	return (int)quiet;
}

static void hear(struct crowd *crowd, struct pollfd *fds)
{
	int64_t now;
	int ready;

	fds[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = 1 };    /* only to learn that nobody reads */
	for (size_t i = 0; i < crowd->count; i++) {
		fds[2 + 2 * i] = (struct pollfd){ .fd = crowd->runs[i].out, .events = POLLIN };
		fds[3 + 2 * i] = (struct pollfd){ .fd = crowd->runs[i].err, .events = POLLIN };
	}
	if (crowd->interrupted)
		fds[1].fd = -1;
	ready = poll(fds, 2 + 2 * crowd->count, quiet_ms(crowd, now_ms()));
	now = now_ms();
	for (size_t i = 0; i < crowd->count; i++) {
		struct run *run = &crowd->runs[i];

		if (ready > 0 && fds[3 + 2 * i].revents)
			hear_complaints(run);
		if (ready > 0 && fds[2 + 2 * i].revents)
			hear_tap(run, now);
		else if (now - run->heard >= PAUSE_MS)
			scoring_pause(run->scoring);
		if (now >= run->due)
			overdue(run, now);
	}
	if (ready > 0 && fds[0].revents)
		hear_signals(crowd);
	if ((ready > 0 && fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)) || ferror(stdout))
		if (!crowd->interrupted)
			interrupt(crowd, SIGPIPE);
}

/* It has ended, and what it had to say has been read. A pipe may stay open in a process
 * that got away from the box: nobody waits for that one. */
static bool is_over(const struct run *run)
{
	struct pollfd fds[2] = {
		{ .fd = run->out, .events = POLLIN }, { .fd = run->err, .events = POLLIN }
	};

	if (run->pid > 0)
		return false;
	return run->stopped || poll(fds, 2, 0) <= 0;
}

int sessions_run(struct session *const *sessions, size_t count, size_t at_once)
{
	struct crowd crowd = { .runs = need(calloc(at_once, sizeof(struct run))) };
	struct pollfd *fds = need(calloc(2 + 2 * at_once, sizeof(*fds)));
	size_t begun = 0;

	for (size_t i = 0; i < count; i++)
		sessions[i]->result = NULL;
	while (crowd.count > 0 || (begun < count && !crowd.interrupted)) {
		if (crowd.count < at_once && begun < count && !crowd.interrupted) {
			begin(&crowd.runs[crowd.count++], sessions[begun++]);
			continue;
		}
		hear(&crowd, fds);
		for (size_t i = 0; i < crowd.count;) {
			if (!is_over(&crowd.runs[i])) {
				i++;
				continue;
			}
			end(&crowd.runs[i]);
			crowd.runs[i] = crowd.runs[--crowd.count];
		}
	}
	/* A signal may have come behind the last end. */
	hear_signals(&crowd);
	free(crowd.runs);
	free(fds);
	return crowd.interrupted;
}
