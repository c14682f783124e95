#include "grade/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/text.h"
#include "grade/jail.h"
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
	FILE *copy;             /* of the stream, or NULL */
};

static void take_tap(void *context, const char *bytes, size_t len)
{
	struct listener *l = context;

	scoring_feed(l->scoring, bytes, len, now_ms());
	if (l->copy)
		fwrite(bytes, 1, len, l->copy);
}

static void furnish(struct jail *jail, const struct trial *t)
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
	jail_add(jail, "--setenv", "LAB", lab, "--setenv", "SEED", t->seed,
	         "--setenv", "CHECK_BIN", "/srv/build/bin",
	         "--setenv", "LAB_INTERPOSE", "/srv/build/lib/interpose.so", NULL);
	jail_add(jail, "--setenv", "PROGRAM",
	         jail_own(jail, text_format("/srv/programs/%s", program)),
	         "--setenv", "PROGRAM_SAN",
	         jail_own(jail, text_format("/srv/programs/%s.san", program)),
	         "--setenv", "PROGRAM_SHOWN",
	         jail_own(jail, text_format("build/trees/labs/%s/%s", lab, program)), NULL);
}

static FILE *copy_of_stream(const struct trial *t)
{
	char *path = t->keep ? text_format("%s/suite.tap", t->keep) : NULL;
	FILE *copy = path ? fopen(path, "we") : NULL;

	free(path);
	return copy;
}

static void keep_words(const struct trial *t, const struct jail_stream *said)
{
	char *path = t->keep && said->kept ? text_format("%s/suite.err", t->keep) : NULL;
	FILE *out = path ? fopen(path, "we") : NULL;

	if (out) {
		fwrite(said->kept, 1, said->len, out);
		fclose(out);
	}
	free(path);
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

struct lab_result *trial_run(const struct trial *t, const struct programs *programs)
{
	const char *program = t->lab->program;
	struct listener listener;
	struct lab_result *result;
	struct jail_end end;
	struct jail jail;
	int said;
	char *why;

	jail_begin(&jail, 16ul * MIB);
	jail.uid = t->uid;
	jail.wall_ms = WALL_MS;
	jail.cpu = CPU_SECONDS;
	jail.fsize = 64ul * MIB;
	jail.memory = 1024ul * MIB;
	furnish(&jail, t);
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
	listener.copy = copy_of_stream(t);
	jail_listen(&jail, 1, TAP_BYTES, take_tap, &listener);
	said = jail_listen(&jail, 2, WORDS_BYTES, NULL, NULL);
	end = jail_run(&jail);
	if (listener.copy)
		fclose(listener.copy);
	keep_words(t, &jail.stream[said]);
	why = why_short(&end, &jail.stream[said]);
	result = scoring_end(listener.scoring, why);
	if (end.hungry)
		story_say(&result->story, STORY_NOTE, "%d process%s ended: the programs together "
		          "took more than 1 GiB of memory", end.hungry,
		          end.hungry == 1 ? " was" : "es were");
	free(why);
	jail_free(&jail);
	return result;
}
