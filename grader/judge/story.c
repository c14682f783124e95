#include "judge/story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static const char *const words[STORY_KEYS] = {
	[STORY_SYMPTOM] = "symptom",
	[STORY_RAN] = "ran",
	[STORY_SENT] = "sent",
	[STORY_EXPECTED] = "expected",
	[STORY_GOT] = "got",
	[STORY_MARKED] = "marked",
	[STORY_CAUSE] = "cause",
	[STORY_READ] = "read",
	[STORY_SEED] = "seed",
	[STORY_NOTE] = "note",
	[STORY_TELL] = "tell",
	[STORY_HARNESS] = "harness",
	[STORY_NOISE] = "",
};

const char *story_word(enum story_key key)
{
	return words[key];
}

void story_add(struct story *story, enum story_key key, const void *bytes, size_t len)
{
	char *text;

	if (story->count == STORY_LINES_MAX || story->bytes + len > STORY_BYTES_MAX) {
		story->cut = true;
		return;
	}
	text = text_escaped(bytes, len, TEXT_PLAIN);
	story->bytes += len;
	story->lines = need(realloc(story->lines, (story->count + 1) * sizeof(*story->lines)));
	story->lines[story->count++] = (struct story_line){ key, text };
}

void story_say(struct story *story, enum story_key key, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	text = need(text);
	story_add(story, key, text, strlen(text));
	free(text);
}

void story_add_diagnostic(struct story *story, const char *line, size_t len)
{
	for (int key = 0; key < STORY_NOISE; key++) {
		size_t n = strlen(words[key]);

		if (len <= n || memcmp(line, words[key], n) != 0 || line[n] != ':')
			continue;
		n++;
		/* One blank belongs to the key, more to the text: `got` may begin with
		 * blanks, and `marked` does. */
		if (n < len && line[n] == ' ')
			n++;
		story_add(story, (enum story_key)key, line + n, len - n);
		return;
	}
	story_add(story, STORY_NOISE, line, len);
}

void story_drop(struct story *story, enum story_key key)
{
	size_t kept = 0;

	for (size_t i = 0; i < story->count; i++) {
		if (story->lines[i].key == key)
			free(story->lines[i].text);
		else
			story->lines[kept++] = story->lines[i];
	}
	story->count = kept;
}

const char *story_first(const struct story *story, enum story_key key)
{
	for (size_t i = 0; i < story->count; i++)
		if (story->lines[i].key == key)
			return story->lines[i].text;
	return NULL;
}

char *story_text(const struct story *story)
{
	char *text = NULL;
	size_t size;
	FILE *out = need(open_memstream(&text, &size));

	for (size_t i = 0; i < story->count; i++) {
		const struct story_line *line = &story->lines[i];

		if (line->key == STORY_NOISE)
			continue;
		if (ftell(out) > 0)
			fputc('\n', out);
		if (line->key == STORY_SYMPTOM)
			fprintf(out, "%s", line->text);
		else if (line->key == STORY_MARKED)
			fprintf(out, "%-11s%s", "", line->text);
		else
			fprintf(out, "%s:%*s%s", words[line->key],
			        (int)(10 - strlen(words[line->key])), "", line->text);
	}
	if (story->cut)
		fputs("\n(more was said than is kept)", out);
	if (fclose(out) != 0)
		text = NULL;
	return need(text);
}

void story_free(struct story *story)
{
	for (size_t i = 0; i < story->count; i++)
		free(story->lines[i].text);
	free(story->lines);
	*story = (struct story){ 0 };
}
