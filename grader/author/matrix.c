/*
 * matrix: plays every suite against every right and wrong program and holds the
 * outcome against what is stated. The suites are trusted because of this.
 */
#include "author/cases.h"
#include "author/picture.h"
#include "author/rehearse.h"
#include "author/verdict.h"
#include "common/read.h"
#include "common/save.h"
#include "common/text.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
"usage: matrix [--lab LAB] [--case NAME] [--seed S] [-j N] [--tap] [--update]\n"
"              [--picture FILE] [--messages]\n"
"\n"
"  --lab LAB       this lab only (lab2, tcp-client)\n"
"  --case NAME     the cases with this name only\n"
"  --seed S        instead of 1; messages are compared with the golden files only\n"
"                  with seed 1\n"
"  --tap           a TAP line per case instead of the table\n"
"  --update        write the golden files, tests/wrong/LAB/NAME.told\n"
"  --messages      print them\n"
"  --picture FILE  draw who catches what\n"
"\n"
"Exit status: 0 all as stated; 1 something is not; 2 it cannot be done.\n";

enum { NOT_AS_STATED = 1, TROUBLE = 2, GOLDEN_SEED = 1 };

static struct {
	struct labs labs;
	struct suite suites[LABS_MAX];
	struct cases cases;
	struct rehearsal *list;
	unsigned seed;
	bool tap, update, messages, live;
	size_t done, wrong;
} all = {.seed = GOLDEN_SEED};

static char *problems(struct rehearsal *r);

/* --------------------------------------------------------------------- golden files */

static char *golden_path(const struct rehearsal *r)
{
	return text_format("tests/wrong/%s/%s.told", r->lab->folder, r->c->name);
}

static void write_golden(const struct rehearsal *r, const char *stories)
{
	char *path = golden_path(r);
	struct save save;

	if (save_begin(&save, path) < 0)
		die_errno(TROUBLE, "%s", path);
	fputs(stories, save.out);
	if (save_end(&save) < 0)
		die_errno(TROUBLE, "%s", path);
	free(path);
}

/* Says in OUT where the stories differ from the golden file. */
static void compare_golden(FILE *out, const struct rehearsal *r, const char *stories)
{
	char *path = golden_path(r), *kept = read_whole(path, 1 << 20, NULL);

	if (!kept) {
		fprintf(out, "%s is missing: look at the message, then make matrix UPDATE=1\n", path);
	} else if (strcmp(kept, stories) != 0) {
		size_t at = 0, line = 1;

		while (kept[at] && kept[at] == stories[at])
			line += kept[at++] == '\n';
		while (at > 0 && stories[at - 1] != '\n')
			at--;
		fprintf(out, "the message is not %s any more, from line %zu on:\n%.*s\n", path,
		        line, (int)strcspn(stories + at, "\n"), stories + at);
	}
	free(kept);
	free(path);
}

static char *problems(struct rehearsal *r)
{
	char *stated = verdict(r->c, r->suite, r->result, VERDICT_NONE), *text = NULL, *stories;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fputs(stated, out);
	if (r->warnings && *r->warnings)
		fprintf(out, "the compiler warns:\n%s", r->warnings);
	if (r->c->kind == CASE_WRONG) {
		stories = verdict_stories(r->result);
		if (all.messages)
			printf("== %s/%s: %s\n\n%s", r->lab->folder, r->c->name, r->c->what, stories);
		if (all.update)
			write_golden(r, stories);
		else if (all.seed == GOLDEN_SEED && r->result->status == LAB_GRADED)
			compare_golden(out, r, stories);
		free(stories);
		/* The statement must be able to fail: without the check it must. */
		for (size_t i = 0; i < r->suite->count; i++) {
			char *without;

			if (!case_fails(r->c, r->suite, i) || r->result->checks[i].status != CHECK_FAIL)
				continue;
			without = verdict(r->c, r->suite, r->result, (int)i);
			if (!*without)
				fprintf(out, "nobody would notice check %zu being switched off\n", i + 1);
			free(without);
		}
	}
	free(stated);
	fclose(out);
	return need(text);
}

/* ----------------------------------------------------------------------- the table */

static void print_indented(const char *text)
{
	while (*text) {
		int length = (int)strcspn(text, "\n");

		printf("%s  %.*s\n", all.tap ? "#" : "   ", length, text);
		text += length + (text[length] == '\n');
	}
}

static void done(void *context, struct rehearsal *r)
{
	char *trouble = problems(r);

	(void)context;
	all.done++;
	all.wrong += *trouble != '\0';
	if (all.live)
		fprintf(stderr, "\r%zu of %zu ", all.done, all.cases.count);
	if (all.tap) {
		printf("%sok %zu %s: %s\n", *trouble ? "not " : "", all.done, r->lab->folder, r->c->name);
		print_indented(trouble);
		fflush(stdout);
	} else if (*trouble) {
		if (all.live)
			fprintf(stderr, "\r               \r");
		printf("%s, %s: %s\n", r->lab->folder, r->c->name, "not as stated");
		print_indented(trouble);
		fflush(stdout);
	}
	free(trouble);
}

static void print_row(const struct rehearsal *r)
{
	printf("  %-34.34s ", r->c->name);
	for (size_t i = 0; i < r->result->count; i++) {
		enum check_status status = r->result->checks[i].status;

		printf(" %s", r->result->status == LAB_BUILD_FAILED ? "-" :
		       status == CHECK_PASS ? "." : status == CHECK_FAIL ? "F" :
		       status == CHECK_BLOCKED ? "b" : "E");
	}
	printf("\n");
}

static void print_table(void)
{
	for (int lab = 0; lab < all.labs.count; lab++) {
		bool headed = false;

		for (size_t i = 0; i < all.cases.count; i++) {
			if (all.cases.at[i].lab != lab)
				continue;
			if (!headed) {
				printf("\n%s: %d checks for %d points, %d stars\n  %-34s ",
				       all.labs.at[lab].folder,
				       (int)all.suites[lab].count - all.suites[lab].stars,
				       all.suites[lab].max, all.suites[lab].stars, "");
				for (size_t k = 0; k < all.suites[lab].count; k++)
					printf(" %zu", (k + 1) % 10);
				printf("\n");
				headed = true;
			}
			print_row(&all.list[i]);
		}
	}
	printf("\n. passed  F failed  b blocked  E could not be judged\n");
}

/* Solving one more TODO must raise the score. Returns how often it does not. The
 * cases of a lab begin with the reference, the skeleton, and the rungs upwards. */
static size_t not_raised(void)
{
	size_t count = 0;

	for (size_t i = 1; i < all.cases.count; i++) {
		const struct rehearsal *r = &all.list[i], *below = &all.list[i - 1];
		const struct rehearsal *reference;

		if (r->c->kind != CASE_RUNG)
			continue;
		reference = below - r->c->rung;
		if (r->result->score > below->result->score &&
		    reference->result->score > r->result->score)
			continue;
		count++;
		if (!all.tap)
			printf("%s: TODO %d raises the score from %d to %d of %d\n", r->lab->folder,
			       r->c->rung, below->result->score, r->result->score,
			       reference->result->score);
	}
	return count;
}

/* Every check must be failed by a wrong program. Returns how many are not. */
static size_t uncaught(void)
{
	size_t count = 0;

	for (int lab = 0; lab < all.labs.count; lab++)
		for (size_t k = 0; k < all.suites[lab].count; k++) {
			bool caught = false, played = false;

			for (size_t i = 0; i < all.cases.count; i++)
				if (all.cases.at[i].lab == lab) {
					played = true;
					caught |= all.cases.at[i].kind == CASE_WRONG &&
					          case_fails(&all.cases.at[i], &all.suites[lab], k);
				}
			if (!played || caught)
				continue;
			count++;
			if (!all.tap)
				printf("%s, check %zu, \"%s\": no wrong program fails it\n",
				       all.labs.at[lab].folder, k + 1, all.suites[lab].checks[k].name);
		}
	return count;
}

static void draw(const char *path)
{
	struct save save;

	if (save_begin(&save, path) < 0)
		die_errno(TROUBLE, "%s", path);
	draw_matrix(save.out, &all.labs, all.suites, all.list, all.cases.count);
	if (save_end(&save) < 0)
		die_errno(TROUBLE, "%s", path);
}

/* ---------------------------------------------------------------------------- main */

/* Leaves the cases called NAME only. */
static void keep_only(const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < all.cases.count; i++)
		if (strcmp(all.cases.at[i].name, name) == 0)
			all.cases.at[kept++] = all.cases.at[i];
	all.cases.count = kept;
	if (!kept)
		die(TROUBLE, "no case is called %s", name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"lab", required_argument, NULL, 'l'}, {"case", required_argument, NULL, 'c'},
		{"seed", required_argument, NULL, 's'}, {"tap", no_argument, NULL, 't'},
		{"update", no_argument, NULL, 'u'}, {"picture", required_argument, NULL, 'p'},
		{"messages", no_argument, NULL, 'm'}, {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	const char *lab = NULL, *only = NULL, *picture = NULL;
	/* Most of the time somebody waits: for the kernel, for what never comes. */
	long slots = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	size_t missing = 0, flat = 0;
	int option, number;

	while ((option = getopt_long(argc, argv, "j:", options, NULL)) != -1) {
		switch (option) {
		case 'l': lab = optarg; break;
		case 'c': only = optarg; break;
		case 's': all.seed = (unsigned)strtoul(optarg, NULL, 10); break;
		case 't': all.tap = true; break;
		case 'u': all.update = true; break;
		case 'p': picture = optarg; break;
		case 'm': all.messages = true; break;
		case 'j': slots = atol(optarg); break;
		case 'h': fputs(usage, stdout); return 0;
		default: fputs(usage, stderr); return TROUBLE;
		}
	}
	if (optind < argc || slots < 1) {
		fputs(usage, stderr);
		return TROUBLE;
	}
	number = cases_read_labs(&all.labs, all.suites, lab);
	cases_find(&all.cases, &all.labs, all.suites, number);
	if (only)
		keep_only(only);
	all.list = need(calloc(all.cases.count, sizeof(*all.list)));
	for (size_t i = 0; i < all.cases.count; i++) {
		struct lab_case *c = &all.cases.at[i];

		all.list[i] = (struct rehearsal){
			.c = c, .lab = &all.labs.at[c->lab], .suite = &all.suites[c->lab],
			.seed = all.seed, .dir = "build/matrix",
		};
	}
	all.live = !all.tap && isatty(2);
	if (all.tap)
		printf("1..%zu\n", all.cases.count + (only ? 0 : 2));
	fflush(stdout);
	rehearse(all.list, all.cases.count, (int)slots, done, NULL);
	if (all.live)
		fprintf(stderr, "\r               \r");
	if (!all.tap)
		print_table();
	if (!only) {
		missing = uncaught();
		flat = not_raised();
	}
	if (all.tap && !only)
		printf("%sok %zu every check is failed by a wrong program\n"
		       "%sok %zu every TODO solved raises the score\n",
		       missing ? "not " : "", all.cases.count + 1,
		       flat ? "not " : "", all.cases.count + 2);
	if (picture)
		draw(picture);
	if (!all.tap)
		printf("%zu cases, %zu not as stated, %zu checks that nothing fails, "
		       "%zu TODOs that raise nothing\n", all.cases.count, all.wrong, missing, flat);
	return all.wrong || missing || flat ? NOT_AS_STATED : 0;
}
