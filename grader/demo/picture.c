#include "demo/picture.h"

#include "common/text.h"
#include "check/page.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The left column is the narrower one: a line that is too long for it runs on
 * into the empty other half, where one in the right column must break. */
enum { WIDTH = 80, LEFT = 35, RIGHT = 42 };

static struct page page;
static bool stacked;
static const char *names[2];

void picture_begin(void)
{
	setlocale(LC_CTYPE, "");
	page = page_for(stdout);
	stacked = page.width < WIDTH;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static const char *sign(const char *utf8, const char *ascii)
{
	return page.utf8 ? utf8 : ascii;
}

void picture_lab(const char *lab, const char *about)
{
	fputs("\n", stdout);
	page_words(&page, INK_BOLD, "%s  %s", lab, about);
	fputs("\n", stdout);
}

static void draw_cable(const struct host *a, const struct host *b)
{
	int used;

	if (stacked) {
		printf("%-5s %s %s %s\n", a->name, a->ipv4, a->ipv6, sign("\u25a0\u2513", "#+"));
		printf("%-5s %s %s %s\n", b->name, b->ipv4, b->ipv6, sign("\u25a0\u251b", "#+"));
		return;
	}
	used = printf("%s %s %s ", a->name, a->ipv4, a->ipv6);
	fputs(sign("\u25a0", "#"), stdout);
	while (used++ < LEFT)
		fputs(sign("\u2501", "="), stdout);
	printf("%s %s %s %s\n", sign("\u25a0", "#"), b->name, b->ipv4, b->ipv6);
}

void picture_scene(const char *title, const struct host hosts[2], bool cable)
{
	names[0] = hosts[0].name;
	names[1] = hosts[1].name;
	fputs("\n", stdout);
	page_wrap(&page, INK_PLAIN, 0, title, INK_PLAIN, NULL);
	page_ink(&page, INK_DIM);
	if (cable)
		draw_cable(&hosts[0], &hosts[1]);
	else if (!stacked)
		printf("%-*s %s %s\n", LEFT, names[0], sign("\u2502", "|"), names[1]);
	page_ink(&page, INK_PLAIN);
}

/* What stands left of the text in HOST's column. */
static void margin(int host)
{
	if (!stacked && host == 0)
		return;
	page_ink(&page, INK_DIM);
	printf("%-*s %s ", stacked ? 5 : LEFT, stacked ? names[host] : "", sign("\u2502", "|"));
	page_ink(&page, INK_PLAIN);
}

/* One line in HOST's column; PROMPT (plain ASCII, or "") stands before TEXT. What
 * does not fit goes on below. */
static void row(int host, const char *prompt, enum ink ink, const char *text)
{
	size_t room = (size_t)(stacked ? page.width - 8 : host ? RIGHT : WIDTH);
	size_t length = strlen(text), fits, cut;
	int used;

	margin(host);
	used = page_put(&page, INK_DIM, prompt);
	fits = text_fit(text, length, room - (size_t)used);
	while (fits && fits < length) {
		for (cut = fits; cut && text[cut] != ' '; cut--)
			;
		if (!cut)
			cut = fits;
		page_words(&page, ink, "%.*s", (int)cut, text);
		fputs("\n", stdout);
		margin(host);
		text += cut + (text[cut] == ' ');
		length = strlen(text);
		fits = text_fit(text, length, room);
	}
	used += page_put(&page, ink, text);
	if (!stacked && host == 0 && used <= LEFT) {
		page_pad(&page, used, LEFT);
		page_words(&page, INK_DIM, " %s", sign("\u2502", "|"));
	}
	fputs("\n", stdout);
}

void picture_command(int host, const char *command)
{
	char *prompt = text_format("%s$ ", stacked ? "" : names[host]);

	row(host, prompt, INK_BOLD, command);
	free(prompt);
}

void picture_key(int host, const char *key)
{
	row(host, "", INK_BOLD, key);
}

void picture_output(int host, const char *line, size_t length)
{
	char *text = text_escaped(line, length, TEXT_LINES | (page.utf8 ? 0u : TEXT_ASCII));

	row(host, "", INK_PLAIN, text);
	free(text);
}

void picture_event(int host, const char *words)
{
	row(host, "", INK_DIM, words);
}

void picture_note(const char *words)
{
	page_wrap(&page, INK_DIM, 0, words, INK_PLAIN, NULL);
}
