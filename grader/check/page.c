#include "check/page.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/text.h"

enum { WIDTH_MIN = 40, WIDTH_MAX = 80 };

struct page page_for(FILE *out)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	bool smart = isatty(fileno(out)) && term && *term && strcmp(term, "dumb") != 0;
	struct winsize size;
	struct page page = {
		.out = out, .width = WIDTH_MAX, .live = smart,
		.colour = smart && !(no_color && *no_color),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0
	};

	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_col < WIDTH_MAX)
		page.width = size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
	return page;
}

const char *page_sign(const struct page *page, enum sign sign)
{
	static const char *const signs[][2] = {
		[SIGN_PASS] = { "✓", "+" },
		[SIGN_FAIL] = { "✗", "x" },
		[SIGN_BLOCKED] = { "·", "." },
		[SIGN_ERROR] = { "!", "!" },
		[SIGN_STAR] = { "★", "*" },
		[SIGN_NO_STAR] = { "☆", "o" },
		[SIGN_RUNNING] = { "…", "~" },
		[SIGN_FULL] = { "█", "#" },
		[SIGN_EMPTY] = { "░", "." },
	};

	return signs[sign][page->utf8 ? 0 : 1];
}

void page_ink(const struct page *page, enum ink ink)
{
	/* SGR parameters, ECMA-48 8.3.117: readable on dark and on light. */
	static const char *const codes[] = {
		[INK_PLAIN] = "0", [INK_BOLD] = "1", [INK_DIM] = "2",
		[INK_GOOD] = "32", [INK_BAD] = "31", [INK_STAR] = "33",
	};

	if (page->colour)
		fprintf(page->out, "\033[%sm", codes[ink]);
}

/* TEXT as this page can show it; the caller frees it. */
static char *fitting(const struct page *page, const char *text, size_t len)
{
	return text_escaped(text, len, page->utf8 ? TEXT_PLAIN : TEXT_ASCII);
}

/* Writes and frees what SHOWN is; returns its columns. */
static int put(const struct page *page, enum ink ink, char *shown)
{
	int width = (int)text_width(shown, strlen(shown));

	if (ink != INK_PLAIN)
		page_ink(page, ink);
	fputs(shown, page->out);
	if (ink != INK_PLAIN)
		page_ink(page, INK_PLAIN);
	free(shown);
	return width;
}

int page_put(const struct page *page, enum ink ink, const char *text)
{
	return put(page, ink, fitting(page, text, strlen(text)));
}

static char *formatted(const char *format, va_list args)
{
	char *text;

	return need(vasprintf(&text, format, args) < 0 ? NULL : text);
}

int page_words(const struct page *page, enum ink ink, const char *format, ...)
{
	unsigned flags = TEXT_LINES | (page->utf8 ? 0u : (unsigned)TEXT_ASCII);
	va_list args;
	char *text, *shown;

	va_start(args, format);
	text = formatted(format, args);
	va_end(args);
	shown = text_escaped(text, strlen(text), flags);
	free(text);
	return put(page, ink, shown);
}

void page_pad(const struct page *page, int at, int to)
{
	if (to > at)
		fprintf(page->out, "%*s", to - at, "");
}

/* How many bytes of TEXT to put into COLUMNS columns, breaking between words where
 * there are any. */
static size_t line_length(const char *text, int columns)
{
	size_t len = strlen(text), fits = text_fit(text, len, columns > 8 ? (size_t)columns : 8);

	if (fits == len || text[fits] == ' ')
		return fits;
	for (size_t cut = fits; cut > 0; cut--)
		if (text[cut - 1] == ' ')
			return cut;
	return fits;
}

void page_wrap(const struct page *page, enum ink ink, int indent, const char *text,
               enum ink right_ink, const char *right)
{
	char *shown = fitting(page, text, strlen(text)), *rest = shown;
	int edge = right ? page->width - (int)text_width(right, strlen(right)) : page->width;

	do {
		size_t taken = line_length(rest, (right ? edge - 1 : edge) - indent), len = taken;
		char *line;
		int at;

		while (len > 0 && rest[len - 1] == ' ')
			len--;
		line = need(strndup(rest, len));
		at = indent + page_put(page, ink, line);
		free(line);
		if (right) {
			page_pad(page, at, edge);
			page_put(page, right_ink, right);
			right = NULL;
			edge = page->width;
		}
		fputc('\n', page->out);
		rest += taken;
		rest += strspn(rest, " ");
		if (*rest)
			page_pad(page, 0, indent);
	} while (*rest);
	free(shown);
}

/* Marks that stand under TEXT, moved to stand under what is SHOWN of it. */
static char *moved_marks(const struct page *page, const char *text, const char *shown,
                         const char *under)
{
	size_t blanks = strspn(under, " "), before = text_fit(text, strlen(text), blanks);
	size_t behind = blanks - text_width(text, before);
	char *prefix, *moved;

	if (strcmp(text, shown) == 0)
		return need(strdup(under));
	prefix = fitting(page, text, before);
	moved = text_format("%*s%s", (int)(text_width(prefix, strlen(prefix)) + behind), "",
	                    under + blanks);
	free(prefix);
	return moved;
}

void page_chunk(const struct page *page, enum ink ink, int indent, const char *text,
                const char *under, enum ink under_ink)
{
	char *shown = fitting(page, text, strlen(text)), *rest = shown;
	char *marks = under ? moved_marks(page, text, shown, under) : NULL;
	size_t room = page->width > indent + 8 ? (size_t)(page->width - indent) : 8;

	under = marks;
	do {
		size_t len = text_fit(rest, strlen(rest), room);
		size_t below = under ? strnlen(under, room) : 0;
		char *line = need(strndup(rest, len));

		page_put(page, ink, line);
		free(line);
		fputc('\n', page->out);
		rest += len;
		/* The mark may stand one column behind the text. */
		if (!*rest && under)
			below = strlen(under);
		if (strspn(under ? under : "", " ") < below) {
			page_pad(page, 0, indent);
			page_words(page, under_ink, "%.*s", (int)below, under);
			fputc('\n', page->out);
		}
		under = under ? under + below : NULL;
		if (*rest)
			page_pad(page, 0, indent);
	} while (*rest);
	free(shown);
	free(marks);
}

void page_bar(const struct page *page, int score, int max, int size)
{
	int full = max > 0 ? score * size / max : 0;

	if (full == 0 && score > 0)
		full = 1;
	page_ink(page, INK_GOOD);
	for (int i = 0; i < full; i++)
		fputs(page_sign(page, SIGN_FULL), page->out);
	page_ink(page, INK_PLAIN);
	page_ink(page, INK_DIM);
	for (int i = full; i < size; i++)
		fputs(page_sign(page, SIGN_EMPTY), page->out);
	page_ink(page, INK_PLAIN);
}

void page_progress(const struct page *page, const char *format, ...)
{
	va_list args;
	char *text, *shown;

	if (!page->live)
		return;
	va_start(args, format);
	text = formatted(format, args);
	va_end(args);
	shown = fitting(page, text, strlen(text));
	/* Not the last column: some terminals then begin a new line. */
	shown[text_fit(shown, strlen(shown), (size_t)page->width - 1)] = '\0';
	page_wipe(page);
	page_put(page, INK_DIM, shown);
	fflush(page->out);
	free(shown);
	free(text);
}

void page_wipe(const struct page *page)
{
	if (page->live)
		fputs("\r\033[K", page->out);
}
