/*
 * check: the student's command. Runs the suites of the labs it is asked for against
 * the programs of one tree, and says what works, what does not, and what to do next.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/labs.h"
#include "common/text.h"
#include "check/board.h"
#include "check/round.h"
#include "run/session.h"
#include "check/view.h"

enum { COMPILER_WORDS_MAX = 256 * 1024 };

/* ---- what came of it ------------------------------------------------------------------- */

/* The lab to go on with after LAB: the next that does not earn all its points. */
static const struct lab *lab_after(const struct desk *desk, const struct lab *lab)
{
	const struct lab *next = NULL;
	int at = labs_find(&desk->labs, lab->target);

	if (!desk->options.own)
		return NULL;
	for (int i = 1; i < desk->labs.count && !next; i++) {
		struct entry entry;
		struct standing standing;
		char *why = NULL;

		entry_open(&entry, &desk->labs.at[(at + i) % desk->labs.count],
		           desk->options.from, "");
		if (suite_read(&entry.suite, entry.place.suite, &why) == 0) {
			standing = entry_standing(&entry);
			if (!standing.known || standing.score < standing.max)
				next = entry.lab;
		}
		free(why);
		entry_close(&entry);
	}
	return next;
}

static void show_board(const struct desk *desk)
{
	const struct lab **labs = need(calloc(desk->count, sizeof(const struct lab *)));
	struct standing *standings = need(calloc(desk->count, sizeof(*standings)));
	struct board board;
	size_t next = desk->count;

	for (size_t i = 0; i < desk->count; i++) {
		const struct entry *entry = &desk->entries[i];

		labs[i] = entry->lab;
		standings[i] = standing_of(entry->result);
		standings[i].untouched = view_is_start(&entry->view);
		if (next == desk->count && (standings[i].todo > 0 || entry->result->count == 0))
			next = i;
	}
	board = board_for(&desk->page, labs, standings, desk->count);
	for (size_t i = 0; i < desk->count; i++)
		board_row(&desk->page, &board, labs[i], &standings[i]);
	board_sum(&desk->page, &board, standings, desk->count);
	if (next < desk->count)
		view_next(&desk->page, &desk->entries[next].view);
	else
		board_next(&desk->page, NULL, NULL, NULL, NULL, NULL);
	free(labs);
	free(standings);
}

static void show_whole(const struct desk *desk, const struct entry *entry)
{
	view_title(&desk->page, &entry->view);
	for (size_t i = 0; entry->view.ran && i < entry->suite.count; i++)
		view_check(&desk->page, &entry->view, i, false);
	view_outcome(&desk->page, &entry->view, NULL);
	page_words(&desk->page, INK_PLAIN, "\n");
}

static void show(const struct desk *desk)
{
	const struct entry *entry = &desk->entries[0];

	for (size_t i = 0; desk->count > 1 && desk->options.verbose && i < desk->count; i++)
		show_whole(desk, &desk->entries[i]);
	if (desk->count > 1)
		show_board(desk);
	else if (desk->options.only && entry->view.ran)
		view_only(&desk->page, &entry->view, entry->asked);
	else
		view_outcome(&desk->page, &entry->view, lab_after(desk, entry->lab));
}

static int save_json(const struct desk *desk)
{
	struct lab_result **labs = need(calloc(desk->count + 1, sizeof(struct lab_result *)));
	struct submission_result result = {
		.submission = desk->options.name, .labs = labs, .count = desk->count,
		.isolation = machine_isolation(&desk->machine)
	};
	int status;

	for (size_t i = 0; i < desk->count; i++)
		labs[i] = desk->entries[i].result;
	status = result_save(desk->options.json, &result);
	free(labs);
	if (status != 0)
		complain("%s: %s", desk->options.json, strerror(errno));
	return status;
}

static int verdict(const struct desk *desk)
{
	bool full = true, judged = true;

	for (size_t i = 0; i < desk->count; i++) {
		const struct entry *entry = &desk->entries[i];
		const struct lab_result *result = entry->result;

		if (desk->options.only && entry->view.ran) {
			enum check_status status = result->checks[entry->asked].status;

			return status == CHECK_PASS ? FULL : status == CHECK_ERROR ? NOT_JUDGED : NOT_FULL;
		}
		judged &= result->status != LAB_HARNESS_ERROR;
		full &= result->score == result->max;
	}
	return !judged ? NOT_JUDGED : full ? FULL : NOT_FULL;
}

/* ---- the three commands ------------------------------------------------------------------ */

/* Ends as the signal would have ended us, so that whoever called knows. */
static _Noreturn void leave_by(int signal_number)
{
	sigset_t set;

	fflush(stdout);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + signal_number);
}

static int check(struct desk *desk)
{
	char *why;
	int stopped;

	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];

		entry_prepare(entry);
		if (desk->options.only > entry->suite.count && entry->suite.count > 0)
			die(WRONG_USAGE, "%s has %zu checks, and no number %zu", entry->lab->target,
			    entry->suite.count, desk->options.only);
	}
	why = machine_find(&desk->machine, desk->top);
	sessions_prepare();
	if (!why)
		why = machine_enter(&desk->machine);
	for (size_t i = 0; why && i < desk->count; i++)
		if (!desk->entries[i].result)
			entry_give_up(&desk->entries[i], why);
	free(why);
	if (desk->count == 1)
		view_title(&desk->page, &desk->entries[0].view);
	stopped = round_run(desk);
	if (!stopped)
		stopped = round_retry(desk);
	if (stopped) {
		if (stopped != SIGPIPE && stopped != SIGHUP)
			page_words(&desk->page, INK_PLAIN, "\nStopped. Nothing was left behind.\n");
		machine_leave(&desk->machine);
		leave_by(stopped);
	}
	show(desk);
	for (size_t i = 0; i < desk->count; i++)
		if (!desk->options.only && desk->options.own)
			entry_keep_standing(&desk->entries[i]);
	if (desk->options.json && save_json(desk) != 0)
		return NOT_JUDGED;
	return verdict(desk);
}

static int where(struct desk *desk)
{
	const struct lab **labs = need(calloc(desk->count, sizeof(const struct lab *)));
	struct standing *standings = need(calloc(desk->count, sizeof(*standings)));
	struct entry *next = NULL;
	struct board board;
	size_t at = 0;

	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];
		char *why = NULL;

		labs[i] = entry->lab;
		if (suite_read(&entry->suite, entry->place.suite, &why) != 0)
			complain("%s", why);
		free(why);
		standings[i] = entry_standing(entry);
		if (!next && (!standings[i].known || standings[i].score < standings[i].max)) {
			next = entry;
			at = i;
		}
	}
	board = board_for(&desk->page, labs, standings, desk->count);
	for (size_t i = 0; i < desk->count; i++)
		board_row(&desk->page, &board, labs[i], &standings[i]);
	board_sum(&desk->page, &board, standings, desk->count);
	if (next)
		board_next(&desk->page, next->lab, &standings[at], &next->todos, next->place.source,
		           next->place.handout);
	else
		board_next(&desk->page, NULL, NULL, NULL, NULL, NULL);
	free(labs);
	free(standings);
	return 0;
}

static int built(struct desk *desk)
{
	int status = 0;

	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];
		char *words = place_text(entry->place.log, COMPILER_WORDS_MAX);
		bool runs = place_runs(entry->place.program);

		view_title(&desk->page, &entry->view);
		if (access(entry->place.source, F_OK) != 0) {
			entry->view.result = entry->result =
				lab_result_new(entry->lab->folder, &entry->suite, LAB_NOT_SUBMITTED, NULL);
			view_outcome(&desk->page, &entry->view, NULL);
		} else {
			view_built(&desk->page, &entry->view, runs ? entry->place.program : NULL, words);
		}
		status |= !runs;
		free(words);
	}
	return status;
}

/* ---- from the first line to the last ---------------------------------------------- */

/* The project's top is where build/bin/check lies; we go there. */
static char *go_to_top(void)
{
	char *top = realpath("/proc/self/exe", NULL);

	for (int up = 0; top && up < 3; up++) {
		char *slash = strrchr(top, '/');

		if (slash)
			*slash = '\0';
	}
	if (!top || chdir(*top ? top : "/") != 0)
		die_errno(NOT_JUDGED, "cannot find the project's folder");
	return top;
}

static void open_labs(struct desk *desk, char **names, int count)
{
	desk->count = (size_t)(count ? count : desk->labs.count);
	desk->entries = need(calloc(desk->count, sizeof(*desk->entries)));
	for (size_t i = 0; i < desk->count; i++) {
		int at = count ? labs_find(&desk->labs, names[i]) : (int)i;

		if (at < 0)
			die(WRONG_USAGE, "there is no lab %s in labs/labs.txt", names[i]);
		for (size_t j = 0; j < i; j++)
			if (desk->entries[j].lab == &desk->labs.at[at])
				die(WRONG_USAGE, "%s is asked for twice", names[i]);
		entry_open(&desk->entries[i], &desk->labs.at[at], desk->options.from,
		           desk->options.from_words);
		desk->entries[i].asked = desk->options.only ? desk->options.only - 1 : 0;
	}
}

int main(int argc, char **argv)
{
	struct desk desk = { 0 };
	int first, status;

	/* What we open must not become descriptor 0, 1 or 2. */
	while ((status = open("/dev/null", O_RDWR)) >= 0 && status <= 2)
		;
	close(status);
	setlocale(LC_CTYPE, "");
	first = options_read(&desk.options, argc, argv);
	desk.top = go_to_top();
	if (labs_read(&desk.labs, "labs/labs.txt") != 0)
		die_errno(NOT_JUDGED, "labs/labs.txt");
	desk.page = page_for(stdout);
	desk.page.verbose = desk.options.verbose;
	open_labs(&desk, argv + first, argc - first);

	status = desk.options.where ? where(&desk) :
	         desk.options.built ? built(&desk) : check(&desk);

	machine_leave(&desk.machine);
	for (size_t i = 0; i < desk.count; i++)
		entry_close(&desk.entries[i]);
	free(desk.entries);
	labs_free(&desk.labs);
	options_free(&desk.options);
	free(desk.top);
	return fflush(stdout) == 0 ? status : NOT_JUDGED;
}
