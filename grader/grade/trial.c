#include "grade/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/text.h"
#include "grade/jail.h"
#include "grade/memo.h"
#include "judge/scoring.h"

enum {
	MIB = 1 << 20,
	WALL_MS = 180000,       /* of one suite */
	CPU_SECONDS = 60,       /* of one process, Bats among them */
	TAP_BYTES = 8 * MIB,
	WORDS_BYTES = 64 * 1024
};

struct listener {
	struct scoring *scoring;
	FILE *copy;             /* of the stream */
};

static void take_tap(void *context, const char *bytes, size_t len)
{
	struct listener *l = context;

	scoring_feed(l->scoring, bytes, len, now_ms());
	fwrite(bytes, 1, len, l->copy);
}

/* The name of a result: everything it depends on. OF is what the suite looks at, KIND
 * keeps sources and programs apart. */
static void identify(const struct trial *t, char kind, const char of[SHA256_TEXT],
                     char key[SHA256_TEXT])
{
	struct sha256 h;

	sha256_begin(&h);
	sha256_field(&h, t->run->sum, strlen(t->run->sum));
	sha256_field(&h, t->name, strlen(t->name));
	sha256_field(&h, &kind, 1);
	sha256_field(&h, of, strlen(of));
	sha256_end(&h, key);
}

static void sum_of_programs(const struct programs *programs, char sum[SHA256_TEXT])
{
	struct sha256 h;

	sha256_begin(&h);
	sha256_field(&h, programs->plain.data, programs->plain.len);
	sha256_field(&h, programs->san.data, programs->san.len);
	sha256_end(&h, sum);
}

static void furnish(struct jail *jail, const struct trial *t, const char *seed)
{
	const struct run *run = t->run;
	const char *lab = t->lab->folder, *program = t->lab->program;
	char *dir = run->stage.dir;

	jail_add(jail, "--proc", "/proc", NULL);
	jail_add(jail, "--ro-bind", jail_own(jail, text_format("%s/%s", dir, t->folder)),
	         "/srv/labs", NULL);
	jail_add(jail, "--ro-bind", jail_own(jail, text_format("%s/bin", dir)),
	         "/srv/build/bin", NULL);
	jail_add(jail, "--ro-bind-try", jail_own(jail, text_format("%s/lib", dir)),
	         "/srv/build/lib", NULL);
	if (run->stage.bats_copied)
		jail_add(jail, "--ro-bind", jail_own(jail, text_format("%s/bats", dir)),
		         "/srv/bats", NULL);
	jail_add(jail, "--setenv", "LAB", lab, "--setenv", "SEED", seed,
	         "--setenv", "CHECK_BIN", "/srv/build/bin",
	         "--setenv", "LAB_INTERPOSE", "/srv/build/lib/interpose.so", NULL);
	jail_add(jail, "--setenv", "PROGRAM",
	         jail_own(jail, text_format("/srv/programs/%s", program)),
	         "--setenv", "PROGRAM_SAN",
	         jail_own(jail, text_format("/srv/programs/%s.san", program)),
	         "--setenv", "PROGRAM_SHOWN",
	         jail_own(jail, text_format("build/trees/labs/%s/%s", lab, program)), NULL);
}

static void keep_words(const struct trial *t, const char *name, const char *text, size_t len)
{
	char *path = t->keep && len > 0 ? text_format("%s/%s", t->keep, name) : NULL;
	FILE *out = path ? fopen(path, "we") : NULL;

	if (out) {
		fwrite(text, 1, len, out);
		fclose(out);
	}
	free(path);
}

static void tell_hungry(struct lab_result *result, int hungry)
{
	if (hungry > 0)
		story_say(&result->story, STORY_NOTE, "%d process%s ended: the programs together "
		          "took more than 1 GiB of memory", hungry,
		          hungry == 1 ? " was" : "es were");
}

static struct lab_result *remembered(const struct trial *t, const char key[SHA256_TEXT])
{
	struct lab_result *result;
	struct memo memo;

	if (memo_load(&memo, t->run->out, key) < 0)
		return NULL;
	result = lab_result_from_tap(t->name, t->suite, memo.tap, memo.len, NULL);
	for (size_t i = 0; i < result->count && i < memo.count; i++)
		result->checks[i].ms = memo.ms[i];
	tell_hungry(result, memo.hungry);
	keep_words(t, "suite.tap", memo.tap, memo.len);
	memo_free(&memo);
	return result;
}

struct lab_result *trial_remembered(const struct trial *t, const char sum[SHA256_TEXT])
{
	char key[SHA256_TEXT];

	identify(t, 's', sum, key);
	return remembered(t, key);
}

/* Only what was judged to its end is kept: nothing that the machine had a part in. */
/* NOLINTNEXTLINE(readability-non-const-parameter): struct memo may own its tap */
static void remember(const struct trial *t, const struct lab_result *result, char *tap,
                     size_t len, int hungry, const char key[SHA256_TEXT])
{
	struct memo memo = { .tap = tap, .len = len, .hungry = hungry,
	                     .count = result->count };

	if (result->status != LAB_GRADED)
		return;
	for (size_t i = 0; i < result->count; i++)
		if (result->checks[i].status == CHECK_ERROR)
			return;
	memo.ms = need(calloc(result->count + 1, sizeof(*memo.ms)));
	for (size_t i = 0; i < result->count; i++)
		memo.ms[i] = result->checks[i].ms;
	if (memo_save(&memo, t->run->out, key) < 0)
		complain("%s: %s", t->run->out, strerror(errno));
	free(memo.ms);
}

/* Why the stream may lack checks, if the suite did not come to its end by itself. */
static char *why_short(const struct jail_end *end, const struct jail_stream *said)
{
	int status = WIFEXITED(end->status) ? WEXITSTATUS(end->status) : -1;
	char *first, *why;

	if (!end->started)
		return text_format("the box did not start: %s", end->words);
	if (end->late)
		return text_format("the suite was stopped after %d seconds", WALL_MS / 1000);
	if (end->flooded)
		return need(strdup("the suite was stopped: it printed without end"));
	if (status == 0 || status == 1)         /* Bats' own: all passed, some failed */
		return NULL;
	first = text_escaped(said->kept ? said->kept : "",
	                     said->kept ? strcspn(said->kept, "\n") : 0, TEXT_PLAIN);
	why = text_format("the suite ended with status %d%s%.200s", status,
	                  *first ? ": " : "", first);
	free(first);
	return why;
}

static struct lab_result *play(const struct trial *t, const struct programs *programs,
                               const char *seed, const char key[SHA256_TEXT])
{
	const char *program = t->lab->program;
	struct listener listener;
	struct lab_result *result;
	struct jail_end end;
	struct jail jail;
	size_t tap_len;
	char *why, *tap;
	int said;

	jail_begin(&jail, 16ul * MIB);
	jail.uid = t->uid;
	jail.wall_ms = WALL_MS;
	jail.cpu = CPU_SECONDS;
	jail.fsize = 64ul * MIB;
	jail.memory = 1024ul * MIB;
	furnish(&jail, t, seed);
	if (jail_show(&jail, jail_own(&jail, text_format("/srv/programs/%s", program)), "0555",
	              programs->plain.data, programs->plain.len) < 0 ||
	    jail_show(&jail, jail_own(&jail, text_format("/srv/programs/%s.san", program)),
	              "0555", programs->san.data, programs->san.len) < 0) {
		why = text_format("a file in memory: %s", strerror(errno));
		result = lab_result_new(t->name, t->suite, LAB_HARNESS_ERROR, why);
		free(why);
		jail_free(&jail);
		return result;
	}
	/* More than a cell may have (128), so that a fork bomb leaves room for Bats. */
	jail_add(&jail, "--remount-ro", "/", "--chdir", "/srv", "--", "/bin/bash", "-c",
	         "ulimit -u 512; exec \"$@\"", "ring1", "/srv/build/bin/box", "--mode",
	         "enforced", "--", t->run->stage.bats, "--tap",
	         jail_own(&jail, text_format("/srv/labs/%s/%s.bats", t->lab->folder, program)),
	         NULL);
	listener.scoring = scoring_begin(t->name, t->suite, NULL, 0, now_ms(), NULL, NULL);
	listener.copy = need(open_memstream(&tap, &tap_len));
	jail_listen(&jail, 1, TAP_BYTES, take_tap, &listener);
	said = jail_listen(&jail, 2, WORDS_BYTES, NULL, NULL);
	end = jail_run(&jail);
	fclose(listener.copy);
	keep_words(t, "suite.tap", tap, tap_len);
	keep_words(t, "suite.err", jail.stream[said].kept, jail.stream[said].len);
	why = why_short(&end, &jail.stream[said]);
	result = scoring_end(listener.scoring, why);
	if (!why)
		remember(t, result, tap, tap_len, end.hungry, key);
	tell_hungry(result, end.hungry);
	free(tap);
	free(why);
	jail_free(&jail);
	return result;
}

struct lab_result *trial_run(const struct trial *t, const struct programs *programs,
                             const char sum[SHA256_TEXT])
{
	char built[SHA256_TEXT], key[SHA256_TEXT], alias[SHA256_TEXT], seed[16];
	struct lab_result *result;

	sum_of_programs(programs, built);
	identify(t, 'p', built, key);
	identify(t, 's', sum, alias);
	if (t->run->seed)
		snprintf(seed, sizeof(seed), "%s", t->run->seed);
	else
		snprintf(seed, sizeof(seed), "%lu", strtoul(built + 56, NULL, 16) % 30000);
	result = remembered(t, key);
	if (!result)
		result = play(t, programs, seed, key);
	memo_alias(t->run->out, key, alias);
	return result;
}
