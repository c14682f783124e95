/*
 * expect: holds the bytes of a file against what is expected, and writes the
 * lines of a failed check's story: expected, got, and a mark under the first
 * difference.
 */
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
"usage: expect is FILE TEXT          the file is TEXT, byte by byte\n"
"       expect is-file FILE FILE2    the file is what FILE2 is\n"
"       expect lines FILE TEXT       the same, but other lines may come between; the\n"
"                                    last one needs its newline if TEXT ends with one\n"
"       expect match FILE REGEX      every line of REGEX (extended, whole lines)\n"
"                                    is matched by one line of the file, in order\n"
"       expect show WHAT FILE        a story line with what is in the file\n"
"       expect show-lines WHAT FILE  the same with a line for each of its first six\n"
"\n"
"Exit status: 0 as expected; 1 not, with a story on standard output; 64 wrong\n"
"usage; 125 a file cannot be read.\n";

enum { DIFFERENT = 1, USAGE = 64, HARNESS = 125, SHOWN = 60, LINES_SHOWN = 6 };

struct bytes {
	char *at;
	size_t length;
};

static struct bytes read_file(const char *path)
{
	struct bytes b = {NULL, 0};
	struct stat stat;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &stat) < 0)
		die_errno(HARNESS, "%s", path);
	b.at = need(malloc((size_t)stat.st_size + 1));
	while ((got = read(fd, b.at + b.length, (size_t)stat.st_size - b.length)) > 0)
		b.length += (size_t)got;
	b.at[b.length] = '\0';
	close(fd);
	return b;
}

static struct bytes of_text(char *text)
{
	return (struct bytes){text, strlen(text)};
}

/* The next line of B from *AT on, without its newline; false at the end. */
static bool next_line(struct bytes b, size_t *at, struct bytes *line)
{
	const char *end;

	if (*at >= b.length)
		return false;
	line->at = b.at + *at;
	end = memchr(line->at, '\n', b.length - *at);
	line->length = end ? (size_t)(end - line->at) : b.length - *at;
	*at += line->length + 1;
	return true;
}

static size_t first_difference(struct bytes a, struct bytes b)
{
	size_t i = 0;

	while (i < a.length && i < b.length && a.at[i] == b.at[i])
		i++;
	return i;
}

/* Prints KEY and a part of B that begins at FROM. */
static void print_part(const char *key, struct bytes b, size_t from, const char *ending)
{
	size_t length = b.length - from < SHOWN ? b.length - from : SHOWN;
	char *text = text_escaped(b.at + from, length, TEXT_QUOTED);
	size_t width;

	/* Bytes that print as \xFE take four columns each: fewer of them. */
	while ((width = text_width(text, strlen(text))) > SHOWN && length > 1) {
		length -= (width - SHOWN + 3) / 4;
		free(text);
		text = text_escaped(b.at + from, length, TEXT_QUOTED);
	}
	printf("%s: %s%s%s%s\n", key, from ? "..." : "", text,
	       from + length < b.length ? "..." : "", ending);
	free(text);
}

/* The story of two texts that differ. A newline shows as \n, so that a missing
 * one can be seen. */
static void tell_difference(struct bytes expected, struct bytes got)
{
	size_t at = first_difference(expected, got), from, column;
	char *before;

	/* From the beginning of the line in which they differ. */
	for (from = at; from > 0 && expected.at[from - 1] != '\n'; from--)
		;
	if (from > 0 && from == expected.length)
		for (from--; from > 0 && expected.at[from - 1] != '\n'; from--)
			;
	if (at - from > SHOWN - 20)
		from = at - 20;
	if (got.length == 0) {
		print_part("expected", expected, 0, "");
		printf("got: nothing\n");
		return;
	}
	print_part("expected", expected, from, "");
	print_part("got", got, from, got.length == at ? " and then nothing" : "");
	before = text_escaped(expected.at + from, at - from, TEXT_QUOTED);
	column = text_width(before, strlen(before)) + (from ? 3 : 0);
	printf("marked: %*s^\n", (int)column, "");
	free(before);
	if (expected.length > SHOWN || got.length > SHOWN)
		printf("note: %zu bytes expected, %zu came, the first %zu are the same\n",
		       expected.length, got.length, at);
}

static int is(struct bytes got, struct bytes expected)
{
	if (got.length == expected.length && memcmp(got.at, expected.at, got.length) == 0)
		return 0;
	tell_difference(expected, got);
	return DIFFERENT;
}

/* The line of B that resembles WANTED most: the longest common beginning. */
static struct bytes nearest(struct bytes b, struct bytes wanted)
{
	struct bytes line, best = {b.at, 0};
	size_t at = 0, most = 0;

	while (next_line(b, &at, &line)) {
		size_t same = first_difference(line, wanted);

		if (same > most || best.length == 0) {
			most = same;
			best = line;
		}
	}
	return best;
}

/* LINE, a line of B, with its newline if it has one. */
static struct bytes with_newline(struct bytes b, struct bytes line)
{
	if (line.at + line.length < b.at + b.length)
		line.length++;
	return line;
}

static int lines(struct bytes got, struct bytes expected)
{
	struct bytes want, line;
	size_t at = 0, in = 0;

	while (next_line(expected, &at, &want)) {
		bool found = false;

		want = with_newline(expected, want);
		while (!found && next_line(got, &in, &line)) {
			line = with_newline(got, line);
			/* A last line without a newline is wanted: both will do. */
			found = line.length >= want.length &&
			        memcmp(line.at, want.at, want.length) == 0 &&
			        (line.length == want.length || line.at[want.length] == '\n');
		}
		if (!found) {
			tell_difference(want, with_newline(got, nearest(got, want)));
			return DIFFERENT;
		}
	}
	return 0;
}

/* A pattern as a person would write it: its ".+" is the REASON of the handouts. */
static void print_pattern(const char *pattern)
{
	const char *at;

	printf("expected: a line like: ");
	for (; (at = strstr(pattern, ".+")) != NULL; pattern = at + 2)
		printf("%.*sREASON", (int)(at - pattern), pattern);
	printf("%s\n", pattern);
}

static int match(struct bytes got, char *pattern)
{
	char *save, *one;
	struct bytes line;
	size_t in = 0;

	for (one = strtok_r(pattern, "\n", &save); one; one = strtok_r(NULL, "\n", &save)) {
		char *whole = text_format("^(%s)$", one);
		bool found = false;
		regex_t regex;

		if (regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB) != 0)
			die(USAGE, "not a regular expression: %s", one);
		while (!found && next_line(got, &in, &line)) {
			char *text = need(strndup(line.at, line.length));

			found = memchr(line.at, 0, line.length) == NULL &&
			        regexec(&regex, text, 0, NULL, 0) == 0;
			free(text);
		}
		regfree(&regex);
		free(whole);
		if (!found) {
			print_pattern(one);
			if (got.length)
				print_part("got", got, 0, "");
			else
				printf("got: nothing\n");
			return DIFFERENT;
		}
	}
	return 0;
}

static int show_lines(const char *what, struct bytes b)
{
	struct bytes line;
	size_t at = 0;
	int shown = 0;

	if (b.length == 0)
		printf("%s: nothing\n", what);
	while (next_line(b, &at, &line)) {
		if (shown++ == LINES_SHOWN) {
			printf("%s: ...\n", what);
			break;
		}
		print_part(what, with_newline(b, line), 0, "");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc == 4) {
		if (strcmp(argv[1], "is") == 0)
			return is(read_file(argv[2]), of_text(argv[3]));
		if (strcmp(argv[1], "is-file") == 0)
			return is(read_file(argv[2]), read_file(argv[3]));
		if (strcmp(argv[1], "lines") == 0)
			return lines(read_file(argv[2]), of_text(argv[3]));
		if (strcmp(argv[1], "match") == 0)
			return match(read_file(argv[2]), argv[3]);
		if (strcmp(argv[1], "show") == 0) {
			struct bytes b = read_file(argv[3]);

			if (b.length)
				print_part(argv[2], b, 0, "");
			else
				printf("%s: nothing\n", argv[2]);
			return 0;
		}
	}
	if (argc == 4 && strcmp(argv[1], "show-lines") == 0)
		return show_lines(argv[2], read_file(argv[3]));
	fputs(usage, stderr);
	return USAGE;
}
