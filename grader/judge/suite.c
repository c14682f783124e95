#include "judge/suite.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum { NUMBER_MAX = 1000, CHECKS_MAX = 500 };

/* Tags seen since the last check; Bats gives them to the next one. */
struct tags {
	int todo;
	int points;
	bool stretch;
	bool seen;
};

struct reader {
	struct suite *suite;
	const char *path;
	unsigned line;
	struct tags tags;
	char **why;
};

static int __attribute__((format(printf, 2, 3)))
refuse(struct reader *r, const char *format, ...)
{
	char words[512];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	*r->why = text_format("%s:%u: %s", r->path, r->line, words);
	return -1;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* ---- tags ---------------------------------------------------------------- */

/* Reads "PREFIX:NUMBER" from TAG. Returns the number, 0 if TAG is another tag, -1
 * if the number is none from 1 to NUMBER_MAX. */
static int numbered(const char *tag, const char *prefix)
{
	size_t n = strlen(prefix);
	char *end;
	long value;

	if (strncmp(tag, prefix, n) != 0 || tag[n] != ':')
		return 0;
	if (!isdigit((unsigned char)tag[n + 1]))
		return -1;
	value = strtol(tag + n + 1, &end, 10);
	return *end || value < 1 || value > NUMBER_MAX ? -1 : (int)value;
}

static int read_tag(struct reader *r, const char *tag)
{
	int todo = numbered(tag, "todo"), points = numbered(tag, "points");

	if (todo < 0 || points < 0)
		return refuse(r, "the tag '%s' needs a number from 1 to %d", tag, NUMBER_MAX);
	if (todo > 0)
		r->tags.todo = todo;
	else if (points > 0)
		r->tags.points = points;
	else if (strcmp(tag, "stretch") == 0)
		r->tags.stretch = true;
	else
		return refuse(r, "unknown tag '%s' (known: todo:N, points:N, stretch)", tag);
	return 0;
}

/* LINE may be `# bats test_tags=A,B`. */
static int read_tags(struct reader *r, char *line)
{
	char *rest = NULL;

	line += strspn(line, " \t");
	if (*line != '#')
		return 0;
	line += 1 + strspn(line + 1, " \t");
	if (strncmp(line, "bats", 4) != 0 || !blank(line[4]))
		return 0;
	line += 4 + strspn(line + 4, " \t");
	if (strncmp(line, "file_tags=", 10) == 0)
		return refuse(r, "the tags of a check stand above it: test_tags, not file_tags");
	if (strncmp(line, "test_tags=", 10) != 0)
		return 0;
	/* As in Bats, a second line of tags replaces the first. */
	r->tags = (struct tags){ .seen = true };
	for (char *tag = strtok_r(line + 10, ", \t", &rest); tag;
	     tag = strtok_r(NULL, ", \t", &rest))
		if (read_tag(r, tag) != 0)
			return -1;
	return 0;
}

/* ---- names --------------------------------------------------------------- */

/* Bats takes what stands between `@test` and the last ` {` of the line, drops one
 * quote of either kind at each end, and lets the shell read the rest inside double
 * quotes: there \" \$ \` \\ are escapes and any other backslash is itself. */
static int read_name(struct reader *r, const char *raw, char *name)
{
	size_t len = 0;

	for (const char *c = raw; *c; c++) {
		if (*c == '\\' && c[1] && strchr("\"$`\\", c[1]))
			name[len++] = *++c;
		else if (strchr("\"$`", *c))
			return refuse(r, "a %c in a name needs a backslash before it", *c);
		else if (*c == '\\' && !c[1])
			return refuse(r, "a name cannot end with a single backslash");
		else if (iscntrl((unsigned char)*c))
			return refuse(r, "a name cannot have control characters");
		else
			name[len++] = *c;
	}
	name[len] = '\0';
	if (len == 0)
		return refuse(r, "a check needs a name");
	if (blank(name[0]) || blank(name[len - 1]))
		return refuse(r, "a name cannot begin or end with a blank");
	if (strstr(name, " # "))
		return refuse(r, "a name cannot have ' # ' in it: TAP takes it for a directive");
	for (size_t i = 0; i < len;) {
		size_t n = text_utf8(name + i, len - i, NULL);

		if (n == 0)
			return refuse(r, "a name must be valid UTF-8");
		i += n;
	}
	return 0;
}

static int add_check(struct reader *r, const char *raw)
{
	struct suite *s = r->suite;
	struct check check = {
		.todo = r->tags.todo, .points = r->tags.points,
		.stretch = r->tags.stretch, .line = r->line
	};
	char *name = need(malloc(strlen(raw) + 1));
	int status = read_name(r, raw, name);

	if (status == 0 && !r->tags.seen)
		status = refuse(r, "no tags above this check (# bats test_tags=todo:N,points:N)");
	else if (status == 0 && check.todo == 0)
		status = refuse(r, "this check belongs to no TODO (tag todo:N)");
	else if (status == 0 && check.stretch && check.points)
		status = refuse(r, "a stretch check has no points");
	else if (status == 0 && !check.stretch && !check.points)
		status = refuse(r, "this check has neither points:N nor stretch");
	else if (status == 0 && s->count == CHECKS_MAX)
		status = refuse(r, "more than %d checks", CHECKS_MAX);
	for (size_t i = 0; status == 0 && i < s->count; i++)
		if (strcmp(s->checks[i].name, name) == 0)
			status = refuse(r, "a second check with this name; the first is in line %u",
			                s->checks[i].line);
	if (status != 0) {
		free(name);
		return status;
	}
	check.name = name;
	check.raw = need(strdup(raw));
	s->checks = need(realloc(s->checks, (s->count + 1) * sizeof(*s->checks)));
	s->checks[s->count++] = check;
	s->max += check.points;
	s->stars += check.stretch;
	r->tags = (struct tags){ 0 };
	return 0;
}

/* LINE may be `@test NAME {...`; returns 1 if it is. */
static int read_check(struct reader *r, char *line)
{
	char *open = NULL, *raw, *end;

	line += strspn(line, " \t");
	if (strncmp(line, "@test", 5) != 0 || !blank(line[5])) {
		char *mark = strstr(line, "# @test");

		if (mark && mark[7 + strspn(mark + 7, " \t")] == '\0' && line[0] != '#' &&
		    strchr(line, '{'))
			return refuse(r, "write @test \"NAME\" {, not a function with # @test");
		return 0;
	}
	raw = line + 5 + strspn(line + 5, " \t");
	for (char *c = raw; *c; c++)
		if (*c == '{' && c > raw && blank(c[-1]))
			open = c;
	if (!open)
		return refuse(r, "@test needs its name and ' {' in the same line");
	for (end = open; end > raw && blank(end[-1]); end--)
		;
	*end = '\0';
	if (strchr("\"'", *raw) && end > raw)
		raw++;
	if (end > raw && strchr("\"'", end[-1]))
		end[-1] = '\0';
	return add_check(r, raw) != 0 ? -1 : 1;
}

/* ---- the file ------------------------------------------------------------ */

/* Bats drops every \r of a suite. */
static size_t drop_returns(char *line, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++)
		if (line[i] != '\r' && line[i] != '\n')
			line[kept++] = line[i];
	line[kept] = '\0';
	return kept;
}

int suite_read_from(struct suite *suite, FILE *in, const char *path, char **why)
{
	struct reader r = { .suite = suite, .path = path, .why = why };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int status = 0;

	*suite = (struct suite){ .path = need(strdup(path)) };
	while (status == 0 && (len = getline(&line, &size, in)) >= 0) {
		r.line++;
		if (strlen(line) != (size_t)len) {
			status = refuse(&r, "a NUL byte");
			break;
		}
		drop_returns(line, (size_t)len);
		status = read_check(&r, line);
		if (status == 0)
			status = read_tags(&r, line);
		else if (status > 0)
			status = 0;
	}
	free(line);
	if (status == 0 && ferror(in))
		status = refuse(&r, "%s", strerror(errno));
	if (status == 0 && r.tags.seen)
		status = refuse(&r, "tags without a check after them");
	if (status == 0 && suite->count == 0)
		status = refuse(&r, "no checks");
	if (status != 0)
		suite_free(suite);
	return status;
}

int suite_read(struct suite *suite, const char *path, char **why)
{
	FILE *in = fopen(path, "re");
	int status;

	*suite = (struct suite){ 0 };
	if (!in) {
		*why = text_format("%s: %s", path, strerror(errno));
		return -1;
	}
	status = suite_read_from(suite, in, path, why);
	fclose(in);
	return status;
}

void suite_free(struct suite *suite)
{
	for (size_t i = 0; i < suite->count; i++) {
		free(suite->checks[i].name);
		free(suite->checks[i].raw);
	}
	free(suite->checks);
	free(suite->path);
	*suite = (struct suite){ 0 };
}

char *suite_filter(const struct check *check)
{
	char *filter = need(malloc(2 * strlen(check->raw) + 3)), *to = filter;

	*to++ = '^';
	for (const char *c = check->raw; *c; c++) {
		if (strchr(".[]{}()*+?^$|\\", *c))
			*to++ = '\\';
		*to++ = *c;
	}
	*to++ = '$';
	*to = '\0';
	return filter;
}
