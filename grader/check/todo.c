#include "check/todo.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/read.h"
#include "common/text.h"

enum { SOURCE_MAX = 1 << 20, TITLE_MAX = 300 };

static char *read_source(const char *path)
{
	size_t len;
	char *text = read_whole(path, SOURCE_MAX, &len);

	if (!text)
		return need(strdup(""));
	/* A NUL would hide what follows it. */
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = '?';
	return text;
}

/* Takes words from FROM, joined by single blanks, without the comment's own stars,
 * until the comment or, with ONE_SENTENCE, a sentence ends. */
static char *take_words(const char *from, bool one_sentence)
{
	char words[TITLE_MAX + 1];
	size_t len = 0;

	while (*from && len < TITLE_MAX && strncmp(from, "*/", 2) != 0) {
		if (*from == '\n') {
			from++;
			from += strspn(from, " \t");
			if (*from == '*' && from[1] != '/')
				from++;
			if (len > 0 && words[len - 1] != ' ')
				words[len++] = ' ';
			continue;
		}
		if (*from != ' ' && *from != '\t')
			words[len++] = *from;
		else if (len > 0 && words[len - 1] != ' ')
			words[len++] = ' ';
		if (one_sentence && *from == '.' && (isspace((unsigned char)from[1]) || !from[1]))
			break;
		from++;
	}
	while (len > 0 && words[len - 1] == ' ')
		len--;
	return text_escaped(words, len, TEXT_PLAIN);
}

static void add_todo(struct todos *todos, int number, unsigned line, const char *text)
{
	struct todo todo = { .number = number, .line = line };
	const char *end = strstr(text, "*/"), *works = strstr(text, "Works when:");
	size_t at = todos->count;

	if (todos_find(todos, number))
		return;
	todo.title = take_words(text, true);
	todo.works = works && end && works < end ?
		take_words(works + strlen("Works when:"), false) : need(strdup(""));
	todos->at = need(realloc(todos->at, (todos->count + 1) * sizeof(*todos->at)));
	while (at > 0 && todos->at[at - 1].number > number)
		at--;
	memmove(&todos->at[at + 1], &todos->at[at], (todos->count - at) * sizeof(*todos->at));
	todos->at[at] = todo;
	todos->count++;
}

/* Adds what TEXT has and TODOS has not; HERE: the lines are of the student's file. */
static void read_text(struct todos *todos, const char *text, bool here)
{
	const char *counted = text, *usage = strstr(text, "usage: ");
	unsigned line = 1;

	for (const char *at = text; (at = strstr(at, "TODO ")) != NULL; at++) {
		char *colon;
		long number = isdigit((unsigned char)at[5]) ? strtol(at + 5, &colon, 10) : 0;

		if (number < 1 || number > 99 || *colon != ':')
			continue;
		for (; counted < at; counted++)
			line += *counted == '\n';
		add_todo(todos, (int)number, here ? line : 0, colon + 1);
	}
	if (usage && !todos->usage)
		todos->usage = text_escaped(usage + 7, strcspn(usage + 7, "\n\r\\\""), TEXT_PLAIN);
}

void todos_read(struct todos *todos, const char *path, const char *untouched)
{
	char *text = read_source(path);

	*todos = (struct todos){ 0 };
	read_text(todos, text, true);
	free(text);
	text = read_source(untouched);
	read_text(todos, text, false);
	free(text);
}

const struct todo *todos_find(const struct todos *todos, int number)
{
	for (size_t i = 0; i < todos->count; i++)
		if (todos->at[i].number == number)
			return &todos->at[i];
	return NULL;
}

void todos_free(struct todos *todos)
{
	for (size_t i = 0; i < todos->count; i++) {
		free(todos->at[i].title);
		free(todos->at[i].works);
	}
	free(todos->at);
	free(todos->usage);
	*todos = (struct todos){ 0 };
}
