#include "run/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text.h"

enum { ANSWER_MAX = 512, ANSWER_MS = 20 * 1000 };

/* ---- asking a program -------------------------------------------------------- */

static _Noreturn void become(char *const argv[], int out)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0 && dup2(null, 0) >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0)
		execv(argv[0], argv);
	_exit(127);
}

/* Runs ARGV and puts the beginning of what it says into ANSWER (ANSWER_MAX bytes).
 * Returns its exit status, or -1 if it did not end by itself in time. */
static int ask(char *const argv[], char *answer)
{
	int64_t due = now_ms() + ANSWER_MS;
	int out[2], status = 0;
	size_t len = 0;
	pid_t pid;

	*answer = '\0';
	if (pipe2(out, O_CLOEXEC) < 0)
		return -1;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become(argv, out[1]);
	close(out[1]);
	while (pid > 0) {
		struct pollfd fd = { .fd = out[0], .events = POLLIN };
		int64_t left = due - now_ms();
		char bytes[ANSWER_MAX];
		ssize_t n;

		if (left <= 0 || (poll(&fd, 1, (int)left) < 0 && errno != EINTR)) {
			kill(pid, SIGKILL);
			break;
		}
		if (!fd.revents)
			continue;
		n = read(out[0], bytes, sizeof(bytes));
		if (n <= 0)
			break;
		if ((size_t)n > ANSWER_MAX - 1 - len)
			n = (ssize_t)(ANSWER_MAX - 1 - len);
		memcpy(answer + len, bytes, (size_t)n);
		len += (size_t)n;
	}
	answer[len] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	close(out[0]);
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- the runner ---------------------------------------------------------------- */

/* Bats 1.5 is the first that has all the suites use; Ubuntu 22.04 has 1.2.1. */
static bool is_new_enough(const char *bats, char *version)
{
	char answer[ANSWER_MAX];
	int major, minor;

	*version = '\0';
	if (ask((char *[]){ (char *)(size_t)bats, (char *)(size_t)"--version", NULL }, answer) != 0)
		return false;
	if (sscanf(answer, "Bats %d.%d", &major, &minor) != 2)
		return false;
	snprintf(version, ANSWER_MAX, "%.40s", answer + 5);
	return major > 1 || (major == 1 && minor >= 5);
}

/* Bats: PATH first, then what npm put into this folder. */
static char *find_bats(struct machine *machine, const char *root)
{
	const char *path = getenv("PATH");
	char *places = text_format("%s:%s/node_modules/.bin", path ? path : "/usr/bin:/bin", root);
	char version[ANSWER_MAX] = "", old[ANSWER_MAX] = "", *rest = NULL;

	for (char *dir = strtok_r(places, ":", &rest); dir && !machine->runner;
	     dir = strtok_r(NULL, ":", &rest)) {
		char *bats = *dir == '/' ? text_format("%s/bats", dir) :
		                           text_format("%s/%s/bats", root, dir);

		if (access(bats, X_OK) == 0 && is_new_enough(bats, version)) {
			machine->runner = bats;
			break;
		}
		if (access(bats, X_OK) == 0 && !*old)
			snprintf(old, sizeof(old), "%s", *version ? version : "an unknown version");
		free(bats);
	}
	free(places);
	if (machine->runner)
		return NULL;
	if (*old)
		return text_format("Bats here is too old (%s, and 1.5 is needed).", old);
	return need(strdup("RUNNER=bats asks for Bats, which is not on this machine."));
}

static char *find_runner(struct machine *machine, const char *root)
{
	const char *wanted = getenv("RUNNER");

	if (wanted && strcmp(wanted, "bats") == 0)
		return find_bats(machine, root);
	if (wanted && *wanted)
		return text_format("There is no runner '%s': RUNNER=bats asks for Bats; without "
		                   "RUNNER the project's own is used.", wanted);
	machine->runner = text_format("%s/runner", machine->bin);
	return NULL;
}

/* ---- the box ------------------------------------------------------------------- */

static char *find_box(struct machine *machine, const char *root)
{
	char answer[ANSWER_MAX];
	int status;

	machine->bin = text_format("%s/build/bin", root);
	machine->box = text_format("%s/box", machine->bin);
	if (access(machine->box, X_OK) != 0)
		return need(strdup("The tools are not built: `make tools` builds them."));
	status = ask((char *[]){ machine->box, (char *)(size_t)"--probe", NULL }, answer);
	if (status != 0 && status != 1)
		return text_format("The box that programs run in does not work here%s%s: "
		                   "`build/bin/box --probe` says what is missing.",
		                   *answer ? ", " : "", answer);
	machine->enforced = status == 0;
	return NULL;
}

static size_t cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

char *machine_find(struct machine *machine, const char *root)
{
	char *why;

	*machine = (struct machine){ .at_once = 1 };
	why = find_box(machine, root);
	if (!why)
		why = find_runner(machine, root);
	/* Without namespaces there is one network for all, and each box waits for the other. */
	if (machine->enforced)
		machine->at_once = cores();
	return why;
}

char *machine_enter(struct machine *machine)
{
	const char *tmp = getenv("TMPDIR");

	if (machine->enforced)
		return NULL;
	machine->scratch = text_format("%s/socketlabs.XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
	if (mkdtemp(machine->scratch))
		return NULL;
	free(machine->scratch);
	machine->scratch = NULL;
	return text_format("There is no room for temporary files (%s): set TMPDIR to a folder that "
	                   "can be written.", strerror(errno));
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

void machine_leave(struct machine *machine)
{
	if (machine->scratch)
		nftw(machine->scratch, drop, 16, FTW_DEPTH | FTW_PHYS);
	free(machine->scratch);
	free(machine->runner);
	free(machine->box);
	free(machine->bin);
	*machine = (struct machine){ 0 };
}

const char *machine_isolation(const struct machine *machine)
{
	return machine->enforced ? "enforced" : "best effort";
}
