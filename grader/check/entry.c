#include "check/entry.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"

enum { LOG_MAX = 256 * 1024, LOCK_PATIENCE_MS = 150 * 1000 };

/* ---- files ------------------------------------------------------------------- */

void entry_open(struct entry *entry, const struct lab *lab, const char *from,
                const char *from_words)
{
	*entry = (struct entry){ .lab = lab, .place = place_of(lab, from) };
	todos_read(&entry->todos, entry->place.source, entry->place.starter);
	entry->view = (struct view){
		.lab = lab, .todos = &entry->todos,
		/* The skeletons themselves are for looking at; nobody edits them. */
		.source = strcmp(entry->place.source, entry->place.starter) == 0 ?
			entry->place.own : entry->place.source,
		.handout = entry->place.handout, .log = entry->place.log, .from = from_words,
		.untouched = place_same(entry->place.source, entry->place.starter)
	};
}

void entry_close(struct entry *entry)
{
	lab_result_free(entry->result);
	suite_free(&entry->suite);
	todos_free(&entry->todos);
	place_free(&entry->place);
}

static void set_result(struct entry *entry, enum lab_status status, const char *why)
{
	entry->result = lab_result_new(entry->lab->folder, &entry->suite, status, why);
	lab_result_settle(entry->result);
	entry->view.result = entry->result;
}

void entry_give_up(struct entry *entry, const char *why)
{
	set_result(entry, LAB_HARNESS_ERROR, why);
}

void entry_prepare(struct entry *entry)
{
	char *why = NULL, *log = place_text(entry->place.log, LOG_MAX);

	if (suite_read(&entry->suite, entry->place.suite, &why) != 0) {
		entry_give_up(entry, why);
	} else if (access(entry->place.source, F_OK) != 0) {
		set_result(entry, LAB_NOT_SUBMITTED, NULL);
	} else if (!place_runs(entry->place.program) && *log) {
		set_result(entry, LAB_BUILD_FAILED, log);
	} else if (!place_runs(entry->place.program)) {
		why = text_format("%s is not built: `make %s%s` builds it.", entry->place.program,
		                  entry->lab->target, entry->view.from);
		entry_give_up(entry, why);
	} else {
		for (const char *at = log; (at = strstr(at, " warning: ")) != NULL; at++)
			entry->view.warnings++;
	}
	free(log);
	free(why);
}

/* ---- what a suite is given ----------------------------------------------------- */

struct list {
	char **at;
	size_t count;
};

static void add(struct list *list, char *text)
{
	list->at = need(realloc(list->at, (list->count + 2) * sizeof(*list->at)));
	list->at[list->count++] = text;
	list->at[list->count] = NULL;
}

static void drop(char *const *list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free((void *)(size_t)list);
}

/* A suite runs with the same words and the same tools everywhere: what a person has
 * set for Bats, for the shell or for languages changes nothing. */
static char **environment(const struct entry *entry, const struct machine *machine,
                          const char *top, const char *seed)
{
	static const char *const kept[] = { "PATH", "HOME", "USER", "LOGNAME" };
	const struct place *place = &entry->place;
	struct list env = { 0 };

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (getenv(kept[i]))
			add(&env, text_format("%s=%s", kept[i], getenv(kept[i])));
	add(&env, need(strdup("TERM=dumb")));
	if (machine->scratch)
		add(&env, text_format("TMPDIR=%s", machine->scratch));
	add(&env, text_format("CHECK_BIN=%s", machine->bin));
	add(&env, text_format("LAB=%s", entry->lab->folder));
	add(&env, text_format("SEED=%s", seed));
	add(&env, text_format("PROGRAM=%s/%s", top, place->program));
	/* Where the compiler has no sanitizers there is no such program. */
	add(&env, place_runs(place->program_san) ?
	          text_format("PROGRAM_SAN=%s/%s", top, place->program_san) :
	          need(strdup("PROGRAM_SAN=")));
	add(&env, text_format("PROGRAM_SHOWN=%s", place->program));
	return env.at;
}

static char **command(const struct entry *entry, const struct machine *machine, const char *top,
                      bool alone)
{
	struct list argv = { 0 };

	add(&argv, need(strdup(machine->box)));
	add(&argv, need(strdup("--")));
	add(&argv, need(strdup(machine->runner)));
	add(&argv, need(strdup("--tap")));
	if (alone) {
		add(&argv, need(strdup("--filter")));
		add(&argv, suite_filter(&entry->suite.checks[entry->asked]));
	}
	add(&argv, text_format("%s/%s", top, entry->place.suite));
	return argv.at;
}

void entry_begin_session(struct entry *entry, const struct machine *machine, const char *top,
                         const char *seed, bool alone)
{
	entry->session = (struct session){
		.lab = entry->lab->folder, .suite = &entry->suite,
		.asked = alone ? &entry->asked : NULL, .count = alone,
		.argv = command(entry, machine, top, alone),
		.env = environment(entry, machine, top, seed),
		.patience_ms = machine->enforced ? LAB_LIMIT_MS : LOCK_PATIENCE_MS,
		.limit_ms = LAB_LIMIT_MS
	};
}

void entry_end_session(struct entry *entry)
{
	drop(entry->session.argv);
	drop(entry->session.env);
	lab_result_free(entry->session.result);
	entry->session = (struct session){ 0 };
}

/* ---- where the student stands ---------------------------------------------------- */

struct standing entry_standing(const struct entry *entry)
{
	struct standing standing;
	struct stat state, source;

	standing_load(entry->place.state, &standing);
	standing.untouched = entry->view.untouched;
	/* A check that was changed since may count otherwise. */
	if (!standing.known || standing.max != entry->suite.max) {
		standing = (struct standing){ .untouched = standing.untouched };
		standing.max = entry->suite.max;
		standing.max_stars = entry->suite.stars;
	} else if (stat(entry->place.state, &state) == 0 &&
	           stat(entry->place.source, &source) == 0) {
		standing.changed = source.st_mtim.tv_sec > state.st_mtim.tv_sec;
	}
	return standing;
}

void entry_keep_standing(const struct entry *entry)
{
	struct standing now = standing_of(entry->result), before = entry_standing(entry);

	if (now.status == LAB_HARNESS_ERROR)
		return;
	if (now.status != LAB_GRADED && before.known) {
		before.status = now.status;
		now = before;
	}
	mkdir("build", 0777);
	mkdir("build/state", 0777);
	if (standing_save(entry->place.state, &now) != 0)
		complain("cannot keep where you stand, %s: %s", entry->place.state, strerror(errno));
}
