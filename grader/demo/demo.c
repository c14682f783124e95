/* demo: the programs of a lab, running, as two people at two terminals see them.
 *
 *     demo [--from DIR] [--loopback] LAB...
 *
 * LAB is a make target or a folder of labs/labs.txt. The lab's own program comes
 * from build/trees/DIR (default: solutions, or labs where there are none), its
 * counterpart from solutions. Without the right to namespaces, or with --loopback,
 * both terminals are on this machine. Runs at the top of the repository.
 * Exit status: 0 it was shown, 2 it could not be. */
#include "common/labs.h"
#include "common/text.h"
#include "demo/apart.h"
#include "demo/picture.h"
#include "check/place.h"
#include "check/todo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOX "build/bin/box"

static struct labs table;
static const struct lab *shown;         /* its program is taken from ... */
static const char *from, *reference;    /* `from`, its counterpart from the other */

static const char *tree(const struct lab *lab)
{
	return lab == shown ? from : reference;
}

static const struct lab *lab_of(const char *program)
{
	for (int i = 0; i < table.count; i++)
		if (!strcmp(table.at[i].program, program))
			return &table.at[i];
	return NULL;
}

static const char *find_program(const char *name)
{
	const struct lab *lab = lab_of(name);

	return lab ? place_of(lab, tree(lab)).program : NULL;
}

/* Which program stopped, and where its author goes on. */
static void remark(const struct unfinished *stop)
{
	const struct lab *lab = lab_of(stop->program);
	const struct todo *todo;
	struct todos todos;
	struct place place;
	char *words;

	if (!lab)
		return;
	place = place_of(lab, tree(lab));
	todos_read(&todos, place.source, place.starter);
	todo = todos_find(&todos, stop->todo);
	words = text_format("The %s stops at TODO %d: line %u of %s says what to do.",
	                    stop->program, stop->todo, todo ? todo->line : 0, place.source);
	fputs("\n", stdout);
	picture_note(words);
	free(words);
	todos_free(&todos);
	place_free(&place);
}

/* Says so if the lab's own program is not there. */
static bool is_built(void)
{
	struct place place = place_of(shown, from);
	bool built = place_runs(place.program);

	if (!built)
		complain("there is no program %s; `make %s FROM=%s` %s", place.program, shown->target,
		         from, access(place.log, F_OK) ? "builds it" : "says why it does not build");
	place_free(&place);
	return built;
}

static void show_lab(struct stage *stage)
{
	char *file = text_format("labs/%s/scenes.txt", shown->folder);
	int count = 0;
	struct scene *scenes = NULL;

	picture_lab(shown->target, shown->title);
	if (access(file, F_OK) == 0)
		scenes = scenes_read(file, &count);
	else
		picture_note("(This lab has no scenes.)");
	for (int i = 0; i < count; i++) {
		struct unfinished stop = apart_play(&scenes[i], stage);

		if (stop.todo) {
			remark(&stop);
			break;
		}
	}
	free(file);
}

/* Both terminals on this machine. The same programs again, in a box that has the
 * machine's network to itself, so that nobody's checks meet them on the labs'
 * ports; returns inside that box, or where there is none. */
static void stay_on_loopback(char *argv[], int count, const char *why)
{
	const char *box[64] = {BOX, "--mode", "host", "--", argv[0], "--loopback"};

	if (getenv("LAB_ISOLATION") || count > 50)
		return;
	if (why) {
		char *words = text_format("(Not on two hosts joined by a cable: %s.)", why);

		picture_note(words);
		free(words);
	}
	memcpy(box + 6, argv + 1, ((size_t)count - 1) * sizeof(*box));
	execv(BOX, (char **)(void *)box);
}

int main(int argc, char *argv[])
{
	struct stage stage = {
		.hosts = {{"alpha", "10.0.0.1", "fd00::a", -1}, {"beta", "10.0.0.2", "fd00::b", -1}},
		.cable = true,
		.find = find_program,
	};
	const char *why = NULL;
	int i = 1, status = 0;

	from = reference = access("solutions", F_OK) ? "labs" : "solutions";
	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--from") && i + 1 < argc)
			from = argv[++i];
		else if (!strcmp(argv[i], "--loopback"))
			stage.cable = false;
		else
			break;
	}
	if (i == argc || argv[i][0] == '-') {
		fputs("usage: demo [--from DIR] [--loopback] LAB...\n", stderr);
		return 2;
	}
	if (labs_read(&table, "labs/labs.txt") < 0)
		die_errno(2, "labs/labs.txt (run this at the top of the repository)");
	picture_begin();
	apart_begin();
	if (stage.cable)
		why = apart_try_cable(&stage);
	if (why || !stage.cable) {
		stay_on_loopback(argv, argc, why);
		stage.cable = false;
		stage.hosts[0].name = "one";
		stage.hosts[1].name = "two";
	}
	picture_note(stage.cable ? "Two people at terminals of two hosts. Time runs downwards."
	                         : "Two terminals of this machine. Time runs downwards.");
	for (; i < argc; i++) {
		int found = labs_find(&table, argv[i]);

		if (found < 0)
			die(2, "no lab called %s in labs/labs.txt", argv[i]);
		shown = &table.at[found];
		if (!is_built())
			status = 2;
		else
			show_lab(&stage);
	}
	return status;
}
