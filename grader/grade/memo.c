#include "grade/memo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/save.h"
#include "common/text.h"
#include "judge/tap.h"

enum { CHECKS_MAX = 10000 };

static char *memo_path(const char *out, const char *key)
{
	return text_format("%s/.grade/memo/%s", out, key);
}

/* A line of numbers, `hungry count ms...`, the stream, and the sum of both. */
int memo_save(const struct memo *memo, const char *out, const char key[SHA256_TEXT])
{
	char *path = memo_path(out, key), *text, sum[SHA256_TEXT];
	struct save file;
	size_t len;
	FILE *line;
	int done;

	line = open_memstream(&text, &len);
	need(line);
	fprintf(line, "%d %zu", memo->hungry, memo->count);
	for (size_t i = 0; i < memo->count; i++)
		fprintf(line, " %" PRId64, memo->ms[i]);
	fputc('\n', line);
	fwrite(memo->tap, 1, memo->len, line);
	fclose(line);
	sha256_of(text, len, sum);
	done = save_begin(&file, path);
	if (done == 0) {
		fprintf(file.out, "%s\n", sum);
		fwrite(text, 1, len, file.out);
		done = save_end(&file);
	}
	free(text);
	free(path);
	return done;
}

/* The whole file, at most what a stream may have and a line before it. */
static char *read_whole(const char *path, size_t *len)
{
	const size_t most = (size_t)TAP_TOTAL_MAX + 256ul * 1024;
	FILE *in = fopen(path, "re");
	char *text = NULL;

	*len = 0;
	for (size_t space = 0; in && !feof(in) && !ferror(in) && *len < most;) {
		if (*len == space) {
			space = space ? 2 * space : 16384;
			text = need(realloc(text, space + 1));
		}
		*len += fread(text + *len, 1, space - *len, in);
	}
	if (in)
		fclose(in);
	if (text)
		text[*len] = '\0';
	return text;
}

int memo_load(struct memo *memo, const char *out, const char key[SHA256_TEXT])
{
	char *path = memo_path(out, key), *text, *rest, *stream, sum[SHA256_TEXT];
	size_t len;

	*memo = (struct memo){ .tap = NULL };
	text = read_whole(path, &len);
	free(path);
	if (!text || len < SHA256_TEXT) {
		free(text);
		return -1;
	}
	rest = text + SHA256_TEXT;
	len -= SHA256_TEXT;
	sha256_of(rest, len, sum);
	stream = memchr(rest, '\n', len);
	if (memcmp(sum, text, SHA256_TEXT - 1) != 0 || !stream) {
		free(text);
		return -1;
	}
	memo->hungry = (int)strtol(rest, &rest, 10);
	memo->count = strtoul(rest, &rest, 10);
	if (memo->count <= CHECKS_MAX) {
		memo->ms = need(calloc(memo->count + 1, sizeof(*memo->ms)));
		for (size_t i = 0; i < memo->count; i++)
			memo->ms[i] = strtoll(rest, &rest, 10);
	}
	stream++;
	memo->len = len - (size_t)(stream - (text + SHA256_TEXT));
	memo->tap = need(malloc(memo->len + 1));
	memcpy(memo->tap, stream, memo->len);
	free(text);
	if (memo->ms)
		return 0;
	memo_free(memo);
	return -1;
}

void memo_alias(const char *out, const char key[SHA256_TEXT], const char alias[SHA256_TEXT])
{
	char *from = memo_path(out, key), *to = memo_path(out, alias);

	unlink(to);             /* there is one only if it was damaged */
	if (link(from, to) < 0 && errno != ENOENT && errno != EEXIST && errno != EPERM &&
	    errno != ENOTSUP)
		complain("%s: %s", to, strerror(errno));
	free(from);
	free(to);
}

void memo_free(struct memo *memo)
{
	free(memo->tap);
	free(memo->ms);
	*memo = (struct memo){ .tap = NULL };
}
