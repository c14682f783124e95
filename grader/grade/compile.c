#include "grade/compile.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/text.h"
#include "grade/jail.h"

enum {
	MIB = 1 << 20,
	WALL_MS = 30000,        /* both programs together */
	CPU_SECONDS = 10,       /* one process of the compiler */
	PROGRAM_MAX = 16 * MIB,
	LOG_MAX = 32 * 1024
};

/* Statuses of the command in the box, which no compiler uses. */
enum { NO_PLAIN = 110, NO_SAN = 111, NO_OUTPUT = 112 };

static const char command[] =
	"ulimit -u 64\n"
	"cd /src || exit 112\n"
	"$CC $PLAIN -fmax-errors=20 -o /tmp/plain \"$1\" 3>&- 4>&- || exit 110\n"
	"$CC $SAN -w -o /tmp/san \"$1\" 3>&- 4>&- || exit 111\n"
	"cat /tmp/plain >&3 && cat /tmp/san >&4 || exit 112\n";

/* The end of the log in words: what stopped the compiler, if not the source. */
static const char *stopped(const struct jail_end *end, const char *log)
{
	if (end->late)
		return "the compiler was stopped after 30 seconds";
	if (end->flooded)
		return "the compiler was stopped: it printed without end";
	if (end->hungry)
		return "the compiler was stopped: it took more than 1 GiB of memory";
	if (strstr(log, "File size limit exceeded") || strstr(log, "No space left on device"))
		return "the program would be larger than 32 MiB";
	if (strstr(log, "virtual memory exhausted") || strstr(log, "out of memory"))
		return "the compiler was stopped: it took more than 1 GiB of memory";
	if (strstr(log, "CPU time limit exceeded"))
		return "the compiler was stopped after 10 seconds of work";
	return NULL;
}

static char *log_words(const char *why, const char *log, bool cut)
{
	char *seen = text_escaped(log, strlen(log), TEXT_LINES), *words;
	size_t len = strlen(seen);

	while (len > 0 && seen[len - 1] == '\n')
		seen[--len] = '\0';
	words = text_format("%s%s%s%s", why ? why : "", why && len ? "\n" : "", seen,
	                    cut ? "\n(the rest of the compiler's words is left out)" : "");
	free(seen);
	return words;
}

static struct bytes take_bytes(struct jail_stream *s)
{
	struct bytes b = { s->kept, s->len };

	s->kept = NULL;
	return b;
}

enum compile_end compile(const struct run *run, const struct lab *lab,
                         const struct source *source, uid_t uid, struct programs *out,
                         char **words)
{
	char *name = text_format("%s/%s.c", lab->folder, lab->program);
	char *path = text_format("/src/%s", name);
	enum compile_end result;
	struct jail_end end;
	const char *log, *why;
	struct jail jail;
	int status, said, plain, san;

	memset(out, 0, sizeof(*out));
	*words = NULL;
	jail_begin(&jail, 96ul * MIB);
	jail.uid = uid;
	jail.wall_ms = WALL_MS;
	jail.cpu = CPU_SECONDS;
	jail.fsize = 32ul * MIB;
	jail.memory = 1024ul * MIB;
	jail_add(&jail, "--cap-drop", "ALL", "--setenv", "CC", run->stage.compiler, "--setenv",
	         "PLAIN", run->stage.flags, "--setenv", "SAN", run->stage.san_flags, NULL);
	if (jail_show(&jail, path, "0444", source->data, source->size) < 0) {
		*words = text_format("a file in memory: %s", strerror(errno));
		jail_free(&jail);
		free(name);
		free(path);
		return COMPILE_HARNESS;
	}
	jail_add(&jail, "--remount-ro", "/", "--", "/bin/bash", "-c", command, "compile", name,
	         NULL);
	said = jail_listen(&jail, 1, LOG_MAX, NULL, NULL);
	jail_listen(&jail, 2, LOG_MAX, NULL, NULL);
	plain = jail_listen(&jail, 3, PROGRAM_MAX, NULL, NULL);
	san = jail_listen(&jail, 4, PROGRAM_MAX, NULL, NULL);
	end = jail_run(&jail);
	/* The compilers complain on standard error. */
	if (jail.stream[said].len == 0)
		said++;
	log = jail.stream[said].kept ? jail.stream[said].kept : "";
	status = end.started && WIFEXITED(end.status) ? WEXITSTATUS(end.status) : -1;
	why = stopped(&end, log);
	if (!end.started) {
		*words = text_format("the compiler's box: %s", end.words);
		result = COMPILE_HARNESS;
	} else if (status == 0 && jail.stream[plain].len > 0 && !jail.stream[plain].cut &&
	           jail.stream[san].len > 0 && !jail.stream[san].cut) {
		out->plain = take_bytes(&jail.stream[plain]);
		out->san = take_bytes(&jail.stream[san]);
		*words = log_words(NULL, log, jail.stream[said].cut);
		result = COMPILE_OK;
	} else if (why || status == NO_PLAIN || status == NO_SAN ||
	           jail.stream[plain].cut || jail.stream[san].cut) {
		*words = log_words(why ? why : jail.stream[plain].cut ?
		                   "the program is larger than 16 MiB" : NULL,
		                   log, jail.stream[said].cut);
		result = COMPILE_FAILED;
	} else {
		*words = log_words("the compiler's box failed", log, false);
		result = COMPILE_HARNESS;
	}
	jail_free(&jail);
	free(name);
	free(path);
	return result;
}

void programs_free(struct programs *p)
{
	free(p->plain.data);
	free(p->san.data);
	memset(p, 0, sizeof(*p));
}
