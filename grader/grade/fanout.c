#include "grade/fanout.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/caps.h"
#include "grade/run.h"
#include "grade/watch.h"

static int write_list(const char *path, const long *index, int count)
{
	FILE *list = fopen(path, "we");

	if (!list)
		return -1;
	for (int i = 0; i < count; i++)
		fprintf(list, "%ld\n", index[i]);
	return fclose(list);
}

struct fleet {
	const char *out, *program, *list;
	long only;              /* the number of the one job there is, or -1 */
	int at_once;
	int writer;             /* standard output of the jobs */
	pid_t grader;
};

/* Becomes GNU parallel, or the job itself if there is only one: GNU parallel's start
 * costs 0.2 s of CPU (measured, two slow cores). */
static _Noreturn void become_jobs(const struct fleet *f, pid_t parent)
{
	const char *out = f->out, *list = f->list;
	char jobs[16], self[32], *home = run_file(out, "parallel");
	char *command = text_format("exec %s\"$GRADE_PROGRAM\" --job ", caps_command());
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* GNU parallel ends with the guard, and the jobs end with GNU parallel: should
	 * even the guard be killed, nothing goes on unseen. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	snprintf(jobs, sizeof(jobs), "%d", f->at_once);
	snprintf(self, sizeof(self), "%d", (int)f->grader);
	mkdir(home, 0755);
	setenv("PARALLEL_HOME", home, 1);
	setenv("PARALLEL_SHELL", "/bin/sh", 1);
	setenv("GRADE_OUT", out, 1);
	setenv("GRADE_PROGRAM", f->program, 1);
	setenv("GRADE_PID", self, 1);
	dup2(null, 0);
	dup2(f->writer, 1);
	/* Names are bytes a shell might take for more: a job is told a number. */
	if (f->only >= 0) {
		setenv("PARALLEL_JOBSLOT", "1", 1);
		execl("/bin/sh", "sh", "-c", text_format("%s%ld", command, f->only), (char *)NULL);
		_exit(1);
	}
	command = text_format("%s{}", command);
	execlp("parallel", "parallel", "--plain", "--will-cite", "--ungroup", "--halt", "never",
	       "-j", jobs, "--arg-file", list, "--", command, (char *)NULL);
	_exit(127);
}

/* ---- the guard ------------------------------------------------------------ */

/* Ends all that is below this process, the adopted ones, too. */
static void end_all(const sigset_t *signals)
{
	const struct timespec moment = { .tv_nsec = 20000000 };
	int64_t deadline = now_ms() + 10000;

	for (;;) {
		pid_t pid;

		kill_below(getpid());
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 || now_ms() >= deadline)
			return;
		sigtimedwait(signals, NULL, &moment);   /* until one more has ended */
	}
}

/* Stands between the grader and GNU parallel. However the grader ends, the guard is told
 * (PR_SET_PDEATHSIG), adopts whoever has lost their parent (PR_SET_CHILD_SUBREAPER) and
 * ends them all; only then does it let go of the lock on OUT, which it has inherited.
 * GNU parallel by itself may leave processes behind: those with which it counts how many
 * it can have live for three hours. */
static _Noreturn void be_guard(const struct fleet *f)
{
	bool hangups_ignored = signal(SIGHUP, SIG_IGN) == SIG_IGN;
	pid_t self = getpid(), parallel;
	int status = 0, result = -1;
	sigset_t signals, before;

	signal(SIGINT, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &before);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != f->grader)
		_exit(1);
	parallel = fork();
	if (parallel == 0) {
		/* GNU parallel stops at a hangup even if told to ignore it (nohup). */
		if (hangups_ignored)
			setpgid(0, 0);
		else
			signal(SIGHUP, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		sigprocmask(SIG_SETMASK, &before, NULL);
		become_jobs(f, self);
	}
	close(f->writer);
	while (parallel > 0 && result < 0) {
		pid_t pid;

		if (sigwaitinfo(&signals, NULL) == SIGTERM)
			break;
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == parallel)
				result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	end_all(&signals);
	_exit(result < 0 ? 1 : result);
}

/* Hands out the whole lines of TEXT (LEN bytes) and returns what is left of it. */
static size_t hand_out(char *text, size_t len, void (*take)(void *, const struct job_line *),
                       void *context)
{
	char *at = text, *end;
	struct job_line line;

	while ((end = memchr(at, '\n', len))) {
		*end = '\0';
		if (job_line_parse(at, &line))
			take(context, &line);
		len -= (size_t)(end + 1 - at);
		at = end + 1;
	}
	memmove(text, at, len);
	return len;
}

int fanout(const char *out, const char *program, const long *index, int count, int at_once,
           void (*take)(void *context, const struct job_line *line), void *context,
           char **why)
{
	char *list = run_file(out, "jobs"), text[8192];
	pid_t grader = getpid(), pid;
	size_t held = 0;
	int ends[2], status = 0;

	*why = NULL;
	caps_available();       /* asked here, not in the child */
	if (write_list(list, index, count) < 0 || pipe2(ends, O_CLOEXEC) < 0 ||
	    (fflush(NULL), pid = fork()) < 0) {
		*why = text_format("%s: %s", list, strerror(errno));
		free(list);
		return -1;
	}
	if (pid == 0)
		be_guard(&(struct fleet){ out, program, list, count == 1 ? index[0] : -1,
		                           at_once, ends[1], grader });
	close(ends[1]);
	for (;;) {
		struct pollfd ready = { .fd = ends[0], .events = POLLIN };
		ssize_t n;

		if (poll(&ready, 1, 500) == 0) {
			take(context, NULL);
			continue;
		}
		n = read(ends[0], text + held, sizeof(text) - held);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		held = hand_out(text, held + (size_t)n, take, context);
		if (held == sizeof(text))
			held = 0;       /* no line is that long */
	}
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	free(list);
	if (count > 1 && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		*why = text_format("GNU parallel is not installed (Debian, Ubuntu: "
		                   "apt install parallel)");
	return *why ? -1 : 0;
}
