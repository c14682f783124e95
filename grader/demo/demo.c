/* demo: the programs of a lab, running, as two people at two terminals see them.
 *
 *     demo [--from DIR] [--loopback] LAB...
 *
 * LAB is a make target or a folder of labs/labs.txt. The lab's own program comes
 * from build/trees/DIR (default: solutions, or labs where there are none), its
 * counterpart from solutions. Runs at the top of the repository.
 * Exit status: 0 it was shown, 2 it could not be. */
#include "common/labs.h"
#include "common/text.h"
#include "demo/picture.h"
#include "demo/play.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_CABLE = 3 };

static struct labs table;
static const struct lab *shown;         /* its program is taken from ... */
static const char *from, *reference;    /* `from`, its counterpart from the other */

/* What the children tell, in shared memory. */
static struct report {
	const char *no_cable;                   /* why there is none, or NULL */
	struct unfinished unfinished;
} *report;

static const char *tree(const struct lab *lab)
{
	return lab == shown ? from : reference;
}

static const char *find_program(const char *name)
{
	for (int i = 0; i < table.count; i++) {
		const struct lab *lab = &table.at[i];

		if (!strcmp(lab->program, name))
			return text_format("build/trees/%s/%s/%s", tree(lab) + strspn(tree(lab), "/"),
			                   lab->folder, name);
	}
	return NULL;
}

/* The line of FILE that begins what to do for TODO NUMBER; 0: not found. */
static int todo_line(const char *file, int number)
{
	FILE *in = fopen(file, "re");
	char line[1024], *todo = text_format("TODO %d:", number);
	int at = 0, found = 0;

	while (in && !found && fgets(line, sizeof(line), in)) {
		at++;
		if (strstr(line, todo))
			found = at;
	}
	if (in)
		fclose(in);
	free(todo);
	return found;
}

/* Which program stopped, and where its author goes on. */
static void remark_unfinished(void)
{
	const struct unfinished *u = &report->unfinished;

	for (int i = 0; i < table.count; i++) {
		const struct lab *lab = &table.at[i];
		char *file, *words;

		if (strcmp(lab->program, u->program))
			continue;
		file = text_format("%s/%s/%s.c", tree(lab), lab->folder, lab->program);
		words = text_format("\n%s stops at TODO %d: line %d of %s says what to do next.",
		                    u->program, u->todo, todo_line(file, u->todo), file);
		picture_note(words);
		free(words);
		free(file);
	}
}

/* ---- processes ------------------------------------------------------------ */

/* The chain is: demo, the keeper of the namespaces, process 1 in them. Each ends
 * with the one before it, and with process 1 everything in the namespaces. */

static volatile sig_atomic_t wanted_end;
static volatile pid_t keeper;

static void end_all(int sig)
{
	wanted_end = sig;
	if (keeper > 0)
		kill(keeper, SIGKILL);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

_Noreturn static void keep(const struct scene *scene, struct stage *stage)
{
	int status = 0;
	pid_t pid;

	if (stage->cable) {
		report->no_cable = cable_lay(stage->hosts);
		if (report->no_cable)
			exit(NO_CABLE);
	}
	/* Only now: new credentials clear it. prctl(2) */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		play(scene, stage, &report->unfinished);
		exit(0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	exit(pid > 0 ? exit_status(status) : 2);
}

static int play_apart(const struct scene *scene, struct stage *stage)
{
	int status = 2 << 8;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		keep(scene, stage);
	}
	keeper = pid;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	keeper = 0;
	if (wanted_end) {
		/* What the keeper had started dies with it and comes to us. */
		for (int ms = 0; ms < 1000 && waitpid(-1, NULL, WNOHANG) >= 0; ms++)
			poll(NULL, 0, 1);
		signal(wanted_end, SIG_DFL);
		raise(wanted_end);
	}
	return exit_status(status);
}

/* ---- the labs ------------------------------------------------------------- */

static void show_lab(const struct lab *lab, bool *cable)
{
	char *file = text_format("labs/%s/scenes.txt", lab->folder);
	int count;
	struct scene *scenes = scenes_read(file, &count);

	picture_lab(lab->target, lab->title);
	for (int i = 0; i < count; i++) {
		struct stage stage = {
			.hosts = {{"alpha", "10.0.0.1", "fd00::a", -1},
			          {"beta", "10.0.0.2", "fd00::b", -1}},
			.cable = *cable,
			.find = find_program,
		};
		int result;

		if (!*cable) {
			stage.hosts[0].name = "one";
			stage.hosts[1].name = "two";
		}
		result = play_apart(&scenes[i], &stage);
		if (result == NO_CABLE && *cable) {
			char *words = text_format("\n(No cable between two hosts: %s. Both terminals "
			                          "are on this machine, on its loopback interface.)",
			                          report->no_cable);

			picture_note(words);
			free(words);
			*cable = false;
			i--;
			continue;
		}
		if (result)
			exit(2);
		if (report->unfinished.todo) {
			remark_unfinished();
			report->unfinished.todo = 0;
			break;
		}
	}
	free(file);
}

int main(int argc, char *argv[])
{
	const struct sigaction ending = {.sa_handler = end_all};
	bool cable = true;
	int i = 1;

	from = reference = access("solutions", F_OK) ? "labs" : "solutions";
	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--from") && i + 1 < argc)
			from = argv[++i];
		else if (!strcmp(argv[i], "--loopback"))
			cable = false;
		else
			break;
	}
	if (i == argc || argv[i][0] == '-') {
		fputs("usage: demo [--from DIR] [--loopback] LAB...\n", stderr);
		return 2;
	}
	if (labs_read(&table, "labs/labs.txt") < 0)
		die_errno(2, "labs/labs.txt (run this at the top of the repository)");
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	              -1, 0);
	if (report == MAP_FAILED)
		die_errno(2, "mmap");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaction(SIGINT, &ending, NULL);
	sigaction(SIGTERM, &ending, NULL);
	sigaction(SIGHUP, &ending, NULL);
	picture_begin();
	picture_note("Two people at two terminals. Time runs downwards.");
	for (; i < argc; i++) {
		int found = labs_find(&table, argv[i]);

		if (found < 0)
			die(2, "no lab called %s in labs/labs.txt", argv[i]);
		shown = &table.at[found];
		if (access(find_program(shown->program), X_OK))
			die(2, "no program %s: `make %s FROM=%s` builds it",
			    find_program(shown->program), shown->target, from);
		show_lab(shown, &cable);
	}
	return 0;
}
