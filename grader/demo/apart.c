#include "demo/apart.h"

#include "common/text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the children tell, in shared memory. */
static struct report {
	const char *no_cable;
	struct unfinished unfinished;
} *report;

static volatile sig_atomic_t wanted_end;
static volatile pid_t keeper;

static void end_all(int sig)
{
	wanted_end = sig;
	if (keeper > 0)
		kill(keeper, SIGKILL);
}

static void on_ending(void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

void apart_begin(void)
{
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	              -1, 0);
	if (report == MAP_FAILED)
		die_errno(2, "mmap");
	/* What a keeper leaves behind comes to us, and we can wait for it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	on_ending(end_all);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

const char *apart_try_cable(struct stage *stage)
{
	pid_t pid = fork();

	if (pid == 0) {
		report->no_cable = cable_lay(stage->hosts);
		_exit(0);
	}
	if (pid < 0 || wait_for(pid))
		return "processes cannot be started";
	return report->no_cable;
}

_Noreturn static void keep(const struct scene *scene, struct stage *stage)
{
	pid_t pid;

	if (stage->cable) {
		const char *why = cable_lay(stage->hosts);

		if (why)
			die(2, "%s", why);
	}
	/* Only now: new credentials clear it, prctl(2). */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		play(scene, stage, &report->unfinished);
		exit(0);
	}
	exit(pid < 0 ? 2 : wait_for(pid));
}

struct unfinished apart_play(const struct scene *scene, struct stage *stage)
{
	int status;

	fflush(stdout);
	report->unfinished.todo = 0;
	keeper = fork();
	if (keeper < 0)
		die_errno(2, "fork");
	if (keeper == 0) {
		on_ending(SIG_DFL);
		keep(scene, stage);
	}
	status = wait_for(keeper);
	keeper = 0;
	if (wanted_end) {
		for (int ms = 0; ms < 1000 && waitpid(-1, NULL, WNOHANG) >= 0; ms++)
			poll(NULL, 0, 1);
		on_ending(SIG_DFL);
		raise(wanted_end);
	}
	if (status)
		exit(status);
	return report->unfinished;
}
