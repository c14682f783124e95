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
#include <unistd.h>

#include "common/text.h"
#include "grade/caps.h"
#include "grade/run.h"

static int write_list(const char *path, const long *index, int count)
{
	FILE *list = fopen(path, "we");

	if (!list)
		return -1;
	for (int i = 0; i < count; i++)
		fprintf(list, "%ld\n", index[i]);
	return fclose(list);
}

static _Noreturn void become_parallel(const char *out, const char *program, const char *list,
                                      int at_once, int writer, pid_t parent)
{
	char jobs[16], self[32], *home = run_file(out, "parallel");
	char *command = text_format("exec %s\"$GRADE_PROGRAM\" --job {}", caps_command());
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* GNU parallel ends with the grader, and the jobs end with GNU parallel: killed
	 * at any moment, nothing goes on unseen. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	snprintf(jobs, sizeof(jobs), "%d", at_once);
	snprintf(self, sizeof(self), "%d", (int)parent);
	mkdir(home, 0755);
	setenv("PARALLEL_HOME", home, 1);
	setenv("PARALLEL_SHELL", "/bin/sh", 1);
	setenv("GRADE_OUT", out, 1);
	setenv("GRADE_PROGRAM", program, 1);
	setenv("GRADE_PID", self, 1);
	dup2(null, 0);
	dup2(writer, 1);
	/* Names are bytes a shell might take for more: a job is told a number. */
	execlp("parallel", "parallel", "--plain", "--will-cite", "--ungroup", "--halt", "never",
	       "-j", jobs, "--arg-file", list, "--", command, (char *)NULL);
	_exit(127);
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
	pid_t parent = getpid(), pid;
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
		become_parallel(out, program, list, at_once, ends[1], parent);
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
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		*why = text_format("GNU parallel is not installed (Debian, Ubuntu: "
		                   "apt install parallel)");
	return *why ? -1 : 0;
}
