#include "author/rehearse.h"

#include "common/read.h"
#include "common/text.h"
#include "judge/scoring.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TROUBLE = 2, CANNOT_BUILD = 3, TEXT_MAX = 16 << 20 };

/* ------------------------------------------------------- in the child: one case */

/* Makes every folder on the way to PATH. */
static void make_folders(const char *path)
{
	char *copy = need(strdup(path));

	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			die_errno(TROUBLE, "%s", copy);
		*p = '/';
	}
	if (mkdir(copy, 0755) < 0 && errno != EEXIST)
		die_errno(TROUBLE, "%s", copy);
	free(copy);
}

/* Runs COMMAND by the shell: its words come from the Makefile and from the names of
 * our own files. Returns its exit status. */
static int shell(const char *command)
{
	int status = system(command);

	return status < 0 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	if (!value)
		die(TROUBLE, "%s is not set: run this by make", name);
	return value;
}

/* The case's own source in DIR: a copy of the program, or the reference cut at a
 * rung, or with a difference applied. */
static bool make_source(const struct rehearsal *r, const char *dir)
{
	char *command;
	int status;

	command = r->c->kind == CASE_RUNG
		? text_format("mkdir -p %s/%s && build/bin/cut --rung %d %s >%s/%s/%s.c", dir,
		              r->lab->folder, r->c->rung, r->c->source, dir, r->lab->folder,
		              r->lab->program)
		: text_format("mkdir -p %s/%s && cp %s %s/%s/%s.c", dir, r->lab->folder,
		              r->c->source, dir, r->lab->folder, r->lab->program);
	status = shell(command);
	free(command);
	if (status == 0 && r->c->diff) {
		/* Not as a part of the repository around it: from DIR alone. */
		command = text_format("d=$PWD && cd %s && GIT_CEILING_DIRECTORIES=\"$d/build\" "
		                      "git apply --recount -C1 \"$d/%s\"", dir, r->c->diff);
		status = shell(command);
		free(command);
	}
	return status == 0;
}

static bool build(const struct rehearsal *r, const char *dir)
{
	char *command = text_format("cd %s && rm -f %s.san && %s %s -o %s %s/%s.c >log 2>&1", dir,
	                            r->lab->program, setting("STUDENT_CC"), setting("STUDENT_FLAGS"),
	                            r->lab->program, r->lab->folder, r->lab->program);
	bool done = make_source(r, dir) && shell(command) == 0;

	free(command);
	return done;
}

static void set(const char *name, char *value)
{
	setenv(name, value, 1);
	free(value);
}

static _Noreturn void play(const struct rehearsal *r, const char *dir)
{
	char *here = need(realpath(".", NULL));
	char *tap = text_format("%s/tap", dir);
	int out = open(tap, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	char *box = text_format("%s/build/bin/box", here);
	/* RUNNER=bats, as for check. */
	const char *wanted = getenv("RUNNER");
	char *runner = wanted && *wanted ? need(strdup(wanted)) :
	               text_format("%s/build/bin/runner", here);

	if (out < 0)
		die_errno(TROUBLE, "%s", tap);
	set("PROGRAM", text_format("%s/%s/%s", here, dir, r->lab->program));
	set("PROGRAM_SAN", text_format("%s/%s/%s.san", here, dir, r->lab->program));
	/* Few programs crash: the build with sanitizers is made when one is asked for. */
	set("BUILD_SAN", text_format("cd %s/%s && %s %s -o .san %s/%s.c >log.san 2>&1 && mv .san %s.san",
	                             here, dir, setting("STUDENT_CC"), setting("SANITIZE_FLAGS"),
	                             r->lab->folder, r->lab->program, r->lab->program));
	set("PROGRAM_SHOWN", text_format("build/trees/labs/%s/%s", r->lab->folder, r->lab->program));
	set("SEED", text_format("%u", r->seed));
	set("LAB", need(strdup(r->lab->folder)));
	set("CHECK_BIN", text_format("%s/build/bin", here));
	dup2(out, 1);
	dup2(out, 2);
	close(out);
	execl(box, "box", "--", runner, "--tap", r->suite->path, (char *)NULL);
	die_errno(TROUBLE, "%s", box);
}

static pid_t begin(struct rehearsal *r)
{
	char *dir = text_format("%s/%s/%s", r->dir, r->lab->folder, r->c->name);
	pid_t pid = fork();

	if (pid < 0)
		die_errno(TROUBLE, "fork");
	if (pid > 0) {
		free(dir);
		return pid;
	}
	/* Whatever ends this program ends the box, and the box everything in it. */
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	make_folders(dir);
	if (!r->built && !build(r, dir))
		_exit(CANNOT_BUILD);
	play(r, dir);
}

/* --------------------------------------------------------- in the parent: all */

static char *read_all(const char *path, size_t *length)
{
	char *text = read_whole(path, TEXT_MAX, length);

	if (!text) {
		*length = 0;
		text = need(calloc(1, 1));
	}
	return text;
}

static void finish(struct rehearsal *r, int status)
{
	bool unbuilt = WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_BUILD;
	char *path = text_format("%s/%s/%s/%s", r->dir, r->lab->folder, r->c->name,
	                         unbuilt ? "log" : "tap");
	size_t length, warned;
	char *text = read_all(path, &length);

	if (!unbuilt && r->c->kind != CASE_WRONG) {
		char *log = text_format("%s/%s/%s/log", r->dir, r->lab->folder, r->c->name);

		free(r->warnings);
		r->warnings = read_all(log, &warned);
		free(log);
	}
	r->result = unbuilt
		? lab_result_new(r->lab->folder, r->suite, LAB_BUILD_FAILED, text)
		: lab_result_from_tap(r->lab->folder, r->suite, text, length, NULL);
	free(text);
	free(path);
}

/* A step through COUNT places that comes to each of them once: neighbours in the list,
 * which compute or wait alike, are not played at the same time. */
static size_t stride(size_t count)
{
	size_t step = count * 5 / 13, a, b;

	do {
		a = ++step;
		b = count;
		while (b) {
			size_t rest = a % b;

			a = b;
			b = rest;
		}
	} while (a > 1);
	return step;
}

void rehearse(struct rehearsal *list, size_t count, int slots,
              void (*done)(void *context, struct rehearsal *r), void *context)
{
	pid_t *running = need(calloc((size_t)slots, sizeof(*running)));
	struct rehearsal **what = need(calloc((size_t)slots, sizeof(struct rehearsal *)));
	size_t next = 0, ended = 0, step = stride(count);

	/* Once, here, rather than in every child. */
	setting("STUDENT_CC");
	setting("STUDENT_FLAGS");
	setting("SANITIZE_FLAGS");
	while (ended < count) {
		int status;
		pid_t pid;

		for (int s = 0; s < slots && next < count; s++) {
			if (running[s])
				continue;
			what[s] = &list[next++ * step % count];
			what[s]->slot = s;
			what[s]->ms = now_ms();
			running[s] = begin(what[s]);
		}
		pid = waitpid(-1, &status, 0);
		for (int s = 0; s < slots; s++) {
			if (running[s] != pid || pid <= 0)
				continue;
			running[s] = 0;
			what[s]->ms = now_ms() - what[s]->ms;
			finish(what[s], status);
			done(context, what[s]);
			ended++;
		}
	}
	free(running);
	free(what);
}
