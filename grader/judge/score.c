/*
 * score: what recorded TAP is worth, by the same rules as check. For whoever ran the
 * suites elsewhere.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/labs.h"
#include "common/read.h"
#include "common/text.h"
#include "check/board.h"
#include "check/page.h"
#include "check/place.h"
#include "judge/result.h"
#include "judge/scoring.h"
#include "check/view.h"

static const char usage[] =
"usage: score [--name SUBMISSION] [--json FILE] [--isolation WORDS] [--verbose] LAB...\n"
"\n"
"  LAB=TAPFILE              tcp-client or lab2, and what `bats --tap` printed\n"
"  LAB!not-submitted        there was no program\n"
"  LAB!build-failed=LOG     it did not build; LOG has the compiler's words\n"
"  LAB!rejected=LOG         it was not accepted; LOG says why\n"
"  LAB!harness-error=LOG    it could not be judged; LOG says why\n"
"\n"
"To be run at the project's top: labs/labs.txt and the suites are read there.\n"
"Exit status: 0 scored, whatever the score; 2 wrong usage; 3 a lab could not be\n"
"judged, or a file not read or written.\n";

enum { SCORED = 0, WRONG_USAGE = 2, NOT_JUDGED = 3 };

struct options {
	const char *json, *name, *isolation;
	bool verbose;
};

static _Noreturn void refuse(void)
{
	fputs(usage, stderr);
	exit(WRONG_USAGE);
}

static enum lab_status status_of(const char *word)
{
	for (int status = LAB_NOT_SUBMITTED; status <= LAB_HARNESS_ERROR; status++)
		if (strcmp(word, lab_status_word((enum lab_status)status)) == 0)
			return (enum lab_status)status;
	die(WRONG_USAGE, "%s is none of not-submitted, build-failed, rejected, harness-error", word);
}

/* ARGUMENT is LAB=TAPFILE or LAB!STATUS or LAB!STATUS=LOGFILE, and is taken apart. */
static struct lab_result *score(const struct labs *labs, char *argument, const struct lab **lab)
{
	char *file = strchr(argument, '='), *status = strchr(argument, '!'), *bytes = NULL, *why = NULL;
	struct lab_result *result;
	struct place place;
	struct suite suite;
	size_t len = 0;
	int at;

	if (file)
		*file++ = '\0';
	if (status && file && status > file)
		status = NULL;
	if (status)
		*status++ = '\0';
	at = labs_find(labs, argument);
	if (at < 0)
		die(WRONG_USAGE, "there is no lab %s in labs/labs.txt", argument);
	if (!file && !status)
		refuse();
	*lab = &labs->at[at];
	place = place_of(*lab, "labs");
	if (suite_read(&suite, place.suite, &why) != 0)
		die(NOT_JUDGED, "%s", why);
	/* What lies behind TAP_TOTAL_MAX is not looked at. */
	if (file && !(bytes = read_whole(file, TAP_TOTAL_MAX + 1, &len)))
		die_errno(NOT_JUDGED, "%s", file);
	if (status)
		result = lab_result_new((*lab)->folder, &suite, status_of(status), bytes);
	else
		result = lab_result_from_tap((*lab)->folder, &suite, bytes, len, NULL);
	lab_result_settle(result);
	free(bytes);
	suite_free(&suite);
	place_free(&place);
	return result;
}

static void show(const struct page *page, const struct lab *lab, struct lab_result *result)
{
	struct place place = place_of(lab, "labs");
	struct todos none = { 0 };
	struct view view = {
		.lab = lab, .result = result, .todos = &none, .source = place.source,
		.handout = place.handout, .log = place.log, .from = "",
		.ran = result->status == LAB_GRADED || result->status == LAB_HARNESS_ERROR
	};

	view_title(page, &view);
	for (size_t i = 0; view.ran && i < result->count; i++)
		view_check(page, &view, i, false);
	view_outcome(page, &view, NULL);
	fputc('\n', page->out);
	place_free(&place);
}

static void show_board(const struct page *page, const struct lab *const *labs,
                       struct lab_result *const *results, size_t count)
{
	struct standing *standings = need(calloc(count, sizeof(*standings)));
	struct board board;

	for (size_t i = 0; i < count; i++)
		standings[i] = standing_of(results[i]);
	board = board_for(page, labs, standings, count);
	for (size_t i = 0; i < count; i++)
		board_row(page, &board, labs[i], &standings[i]);
	board_sum(page, &board, standings, count);
	free(standings);
}

static int read_options(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ "name", required_argument, NULL, 'n' }, { "json", required_argument, NULL, 'j' },
		{ "isolation", required_argument, NULL, 'i' }, { "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	int c;

	*options = (struct options){ .name = "", .isolation = "best effort" };
	while ((c = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (c) {
		case 'n': options->name = optarg; break;
		case 'j': options->json = optarg; break;
		case 'i': options->isolation = optarg; break;
		case 'v': options->verbose = true; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: refuse();
		}
	}
	if (optind == argc)
		refuse();
	return optind;
}

int main(int argc, char **argv)
{
	struct options options;
	int first = read_options(&options, argc, argv), status = SCORED;
	size_t count = (size_t)(argc - first);
	struct lab_result **results = need(calloc(count, sizeof(struct lab_result *)));
	const struct lab **asked = need(calloc(count, sizeof(const struct lab *)));
	struct submission_result all = {
		.submission = options.name, .isolation = options.isolation,
		.labs = results, .count = count
	};
	struct labs labs;
	struct page page;

	setlocale(LC_CTYPE, "");
	page = page_for(stdout);
	page.live = false;
	page.verbose = options.verbose;
	if (labs_read(&labs, "labs/labs.txt") != 0)
		die_errno(NOT_JUDGED, "labs/labs.txt");
	for (size_t i = 0; i < count; i++) {
		results[i] = score(&labs, argv[first + (int)i], &asked[i]);
		show(&page, asked[i], results[i]);
		if (results[i]->status == LAB_HARNESS_ERROR)
			status = NOT_JUDGED;
	}
	show_board(&page, asked, results, count);
	if (options.json && result_save(options.json, &all) != 0) {
		complain("%s: %s", options.json, strerror(errno));
		status = NOT_JUDGED;
	}
	for (size_t i = 0; i < count; i++)
		lab_result_free(results[i]);
	free(results);
	free(asked);
	labs_free(&labs);
	return status;
}
