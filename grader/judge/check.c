/*
 * check: the student's command. Runs the suites of the labs it is asked for against
 * the programs of one tree, and says what works, what does not, and what to do next.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/labs.h"
#include "common/text.h"
#include "judge/board.h"
#include "judge/entry.h"
#include "judge/machine.h"
#include "judge/page.h"
#include "judge/result.h"
#include "judge/session.h"
#include "judge/standing.h"
#include "judge/view.h"

static const char usage[] =
"usage: check [--from DIR] [--only N] [--json FILE] [--name SUBMISSION] [--verbose]\n"
"             [--seed S] LAB...\n"
"       check [--from DIR] --built LAB...\n"
"       check --where\n"
"\n"
"  LAB        lab2, or its folder tcp-client\n"
"  --from     the tree of programs, DIR/LAB/PROG.c (labs), built by make\n"
"  --only     only check number N of the one LAB\n"
"  --json     also write the result as JSON to FILE\n"
"  --name     the submission's name in it (the last part of DIR)\n"
"  --verbose  the story of every failure, and what Bats said\n"
"  --seed     the number that a suite's random choices begin with\n"
"  --built    what the compiler said, and how to run the program by hand\n"
"  --where    where you stand in every lab, and what to do next\n"
"\n"
"Exit status: 0 every core point, or with --only that check; 1 not; 2 wrong usage;\n"
"3 it could not be judged.\n";

enum { FULL = 0, NOT_FULL = 1, WRONG_USAGE = 2, NOT_JUDGED = 3 };
enum { COMPILER_WORDS_MAX = 256 * 1024 };

struct options {
	const char *from;
	bool own;               /* FROM is labs: the student's own programs */
	char *from_words;       /* what commands need behind them: " FROM=solutions", "" */
	char *json;
	const char *name;
	const char *seed;
	size_t only;            /* 0: all checks */
	bool verbose, built, where;
};

/* Everything that one run has. */
struct desk {
	struct options options;
	char *top;              /* of the project, absolute; the current folder */
	struct labs labs;
	struct entry *entries;
	size_t count;
	struct page page;
	struct machine machine;
};

/* What the handlers of one lab's session need. */
struct watch {
	struct desk *desk;
	struct entry *entry;
	size_t settled;         /* checks so far */
	bool listed;            /* each is shown as it comes */
};

/* ---- while the suites run --------------------------------------------------------- */

/* Several labs share one line that says how far each is. */
static void draw_all(const struct desk *desk)
{
	char *words = NULL;
	size_t size;
	FILE *out = need(open_memstream(&words, &size));

	for (size_t i = 0; i < desk->count; i++) {
		const struct entry *entry = &desk->entries[i];
		const struct watch *watch = entry->session.context;

		if (entry->session.sofar && !entry->session.result)
			fprintf(out, "  %s %zu/%zu", entry->lab->target, watch->settled,
			        entry->suite.count);
	}
	fclose(out);
	if (*words)
		page_progress(&desk->page, "%s ...", words);
	free(words);
}

static void draw(const struct watch *watch)
{
	const struct desk *desk = watch->desk;
	const struct suite *suite = &watch->entry->suite;

	if (desk->count > 1)
		draw_all(desk);
	else if (desk->options.only)
		page_progress(&desk->page, "  Running check %zu ...", desk->options.only);
	else if (!watch->listed)
		page_progress(&desk->page, "  Running the checks: %zu of %zu ...", watch->settled,
		              suite->count);
	else if (watch->settled < suite->count)
		view_running(&desk->page, watch->settled, suite->checks[watch->settled].name);
}

static void on_settled(void *context, size_t index)
{
	struct watch *watch = context;

	watch->settled++;
	watch->entry->view.result = watch->entry->session.sofar;
	if (watch->listed)
		view_check(&watch->desk->page, &watch->entry->view, index, false);
	draw(watch);
}

/* Before the checks begin, a box on the machine's own network says that it waits for
 * its turn. */
static void on_said(void *context, const char *line)
{
	struct watch *watch = context;

	if (watch->desk->machine.enforced)
		return;
	page_wipe(&watch->desk->page);
	complain("%s: %s", watch->entry->lab->target, line);
}

static void begin(struct desk *desk, struct entry *entry, struct watch *watch, bool alone)
{
	entry_begin_session(entry, &desk->machine, desk->top, desk->options.seed, alone);
	*watch = (struct watch){ .desk = desk, .entry = entry };
	entry->session.settled = on_settled;
	entry->session.said = on_said;
	entry->session.context = watch;
}

/* Runs the suites of all entries that have no result yet. Returns 0 or the signal. */
static int run_suites(struct desk *desk)
{
	struct session **sessions = need(calloc(desk->count, sizeof(struct session *)));
	struct watch *watches = need(calloc(desk->count, sizeof(*watches)));
	bool alone = desk->options.only > 0;
	size_t count = 0;
	int stopped;

	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];

		if (entry->result)
			continue;
		begin(desk, entry, &watches[i], alone);
		/* The skeleton is welcomed as a whole, several labs have a table. */
		watches[i].listed = desk->count == 1 && !alone && !entry->view.untouched;
		sessions[count++] = &entry->session;
		if (desk->count == 1)
			draw(&watches[i]);
	}
	stopped = sessions_run(sessions, count, desk->machine.at_once);
	page_wipe(&desk->page);
	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];

		if (!entry->session.result)
			continue;
		entry->view.result = entry->result = entry->session.result;
		entry->view.ran = true;
		entry->session.result = NULL;
		entry_end_session(entry);
	}
	free(watches);
	free(sessions);
	return stopped;
}

/* ---- what could not be judged is tried once more, alone ------------------------------ */

static int retry_one(struct desk *desk, struct entry *entry, size_t index)
{
	struct session *session = &entry->session;
	struct watch watch;
	int stopped;

	page_progress(&desk->page, "  %s: trying check %zu again, alone ...", entry->lab->target,
	              index + 1);
	entry->asked = index;
	begin(desk, entry, &watch, true);
	session->settled = NULL;
	stopped = sessions_run(&session, 1, 1);
	if (session->result) {
		lab_result_take(entry->result, session->result, index);
		lab_result_settle(entry->result);
	}
	entry_end_session(entry);
	return stopped;
}

/* A retry may show that checks which waited need not wait: they come after it in the
 * suite. Together the retries of a lab take no longer than the lab may. */
static int retry(struct desk *desk, struct entry *entry)
{
	bool only = desk->options.only > 0, listed = desk->count == 1 && !only, first = true;
	int64_t end = now_ms() + LAB_LIMIT_MS;
	int stopped = 0;

	for (size_t i = 0; i < entry->result->count && !stopped && now_ms() < end; i++) {
		const struct check_result *check = &entry->result->checks[i];

		if (check->status != CHECK_ERROR || (only && i != entry->asked))
			continue;
		if (check->blocker >= 0 &&
		    entry->result->checks[check->blocker].status != CHECK_PASS)
			continue;
		stopped = retry_one(desk, entry, i);
		page_wipe(&desk->page);
		if (!listed || stopped || view_is_start(&entry->view))
			continue;
		if (first)
			page_words(&desk->page, INK_DIM, "  Tried again, alone:\n");
		first = false;
		view_check(&desk->page, &entry->view, i, true);
	}
	return stopped;
}

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
	for (size_t i = 0; entry->view.ran && !view_is_start(&entry->view) && i < entry->suite.count; i++)
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
	char *why = machine_find(&desk->machine, desk->top);
	bool run = false;
	int stopped;

	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];

		entry_prepare(entry);
		if (desk->options.only > entry->suite.count && entry->suite.count > 0)
			die(WRONG_USAGE, "%s has %zu checks, and no number %zu", entry->lab->target,
			    entry->suite.count, desk->options.only);
		if (why && !entry->result)
			entry_give_up(entry, why);
		run |= !entry->result;
	}
	free(why);
	sessions_prepare();
	if (desk->count == 1)
		view_title(&desk->page, &desk->entries[0].view);
	stopped = run ? run_suites(desk) : 0;
	for (size_t i = 0; i < desk->count && !stopped; i++)
		if (desk->entries[i].view.ran)
			stopped = retry(desk, &desk->entries[i]);
	page_wipe(&desk->page);
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

/* ---- the command line ---------------------------------------------------------------------- */

static _Noreturn void refuse(void)
{
	fputs(usage, stderr);
	exit(WRONG_USAGE);
}

static size_t number(const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '1' || *text > '9' || *end || errno || value > 9999)
		die(WRONG_USAGE, "--only wants a check's number, not %s", text);
	return (size_t)value;
}

/* FILE as seen from here, for we go elsewhere. */
static char *from_here(const char *file)
{
	char here[PATH_MAX];

	if (*file == '/' || !getcwd(here, sizeof(here)))
		return need(strdup(file));
	return text_format("%s/%s", here, file);
}

/* Returns the index of the first lab in ARGV. */
static int read_options(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ "from", required_argument, NULL, 'f' }, { "only", required_argument, NULL, 'o' },
		{ "json", required_argument, NULL, 'j' }, { "name", required_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },    { "seed", required_argument, NULL, 's' },
		{ "built", no_argument, NULL, 'b' },      { "where", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },       { NULL, 0, NULL, 0 }
	};
	int c;

	*options = (struct options){ .from = "labs" };
	while ((c = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (c) {
		case 'f': options->from = optarg; break;
		case 'o': options->only = number(optarg); break;
		case 'j': options->json = from_here(optarg); break;
		case 'n': options->name = optarg; break;
		case 'v': options->verbose = true; break;
		case 's': options->seed = optarg; break;
		case 'b': options->built = true; break;
		case 'w': options->where = true; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: refuse();
		}
	}
	if (options->where != (optind == argc) || (options->only && argc - optind != 1) ||
	    (options->only && options->json) || !*options->from)
		refuse();
	if (options->seed && strspn(options->seed, "0123456789") != strlen(options->seed))
		die(WRONG_USAGE, "--seed wants a number, not %s", options->seed);
	return optind;
}

/* What is not given: a seed, a name, the words behind a command. */
static void complete(struct options *options)
{
	static char seed[16];
	uint16_t random = 1;
	const char *slash = strrchr(options->from, '/');

	if (!options->seed || !*options->seed) {
		if (getrandom(&random, sizeof(random), 0) < 0)
			random = (uint16_t)getpid();
		snprintf(seed, sizeof(seed), "%u", (unsigned)random);
		options->seed = seed;
	}
	if (!options->name)
		options->name = slash && slash[1] ? slash + 1 : options->from;
	options->own = strcmp(options->from, "labs") == 0;
	/* After the skeletons one goes on with one's own. */
	options->from_words = options->own || strcmp(options->from, "starter") == 0 ?
		need(strdup("")) : text_format(" FROM=%s", options->from);
}

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
	first = read_options(&desk.options, argc, argv);
	complete(&desk.options);
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
	free(desk.options.json);
	free(desk.options.from_words);
	free(desk.top);
	return fflush(stdout) == 0 ? status : NOT_JUDGED;
}
