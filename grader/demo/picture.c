#include "demo/picture.h"

#include "common/text.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The left column is the narrower one: a line that is too long for it runs on
 * into the empty other half, where one in the right column must break. */
enum { WIDTH = 80, LEFT = 35, RIGHT = 42 };

static struct {
	bool colour, utf8, stacked;
	int width;
	const char *names[2];
} look;

static const char *style(const char *code)
{
	return look.colour ? code : "";
}

#define DIM   style("\033[2m")
#define BOLD  style("\033[1m")
#define CYAN  style("\033[36m")
#define PLAIN style("\033[0m")

void picture_begin(void)
{
	const char *columns = getenv("COLUMNS"), *none = getenv("NO_COLOR");
	struct winsize size;

	setlocale(LC_CTYPE, "");
	look.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	look.width = WIDTH;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		look.width = size.ws_col;
	else if (columns && atoi(columns) > 0)
		look.width = atoi(columns);
	look.stacked = look.width < WIDTH;
	if (look.width > WIDTH)
		look.width = WIDTH;
	if (look.width < 30)
		look.width = 30;
	look.colour = isatty(STDOUT_FILENO) && (!none || !*none);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static const char *bar(void)
{
	return look.utf8 ? "\u2502" : "|";
}

/* Prints TEXT in rows of WIDTH columns, broken at a space where there is one; all
 * rows but the first begin with MARGIN. */
static void wrap(const char *text, int width, const char *margin)
{
	size_t left = strlen(text);

	for (;;) {
		size_t fits = text_fit(text, left, (size_t)width), cut = fits;

		if (fits == left || !fits) {
			printf("%.*s\n", (int)left, text);
			return;
		}
		while (cut && text[cut] != ' ')
			cut--;
		if (!cut)
			cut = fits;
		printf("%.*s\n%s", (int)cut, text, margin);
		text += cut + (text[cut] == ' ');
		left = strlen(text);
	}
}

static void rule(int columns)
{
	while (columns-- > 0)
		fputs(look.utf8 ? "\u2501" : "=", stdout);
}

void picture_lab(const char *lab, const char *about)
{
	printf("\n%s%s  %s%s\n", BOLD, lab, about, PLAIN);
}

void picture_scene(const char *title, const struct host hosts[2], bool cable)
{
	const struct host *a = &hosts[0], *b = &hosts[1];

	look.names[0] = hosts[0].name;
	look.names[1] = hosts[1].name;
	fputs("\n", stdout);
	wrap(title, look.width, "");
	if (cable && look.stacked) {
		printf("%s%-5s %s %s %s\n", DIM, a->name, a->ipv4, a->ipv6,
		       look.utf8 ? "\u25a0\u2513" : "#+");
		printf("%-5s %s %s %s%s\n", b->name, b->ipv4, b->ipv6,
		       look.utf8 ? "\u25a0\u251b" : "#+", PLAIN);
	} else if (cable) {
		const char *plug = look.utf8 ? "\u25a0" : "#";
		int used = printf("%s%s %s %s ", DIM, a->name, a->ipv4, a->ipv6) - (int)strlen(DIM);

		fputs(plug, stdout);
		rule(LEFT - used);
		printf("%s %s %s %s%s\n", plug, b->name, b->ipv4, b->ipv6, PLAIN);
	} else if (!look.stacked) {
		printf("%s%-*s %s %s%s\n", DIM, LEFT, a->name, bar(), b->name, PLAIN);
	}
}

/* One line in HOST's column; PROMPT (plain ASCII, or "") stands before TEXT. */
static void row(int host, const char *prompt, const char *code, const char *text)
{
	size_t columns = strlen(prompt) + text_width(text, strlen(text));
	bool on_the_left = host == 0;
	int width = look.width;
	char margin[128] = "";

	if (look.stacked) {
		snprintf(margin, sizeof(margin), "%s%-5s %s%s ", DIM, look.names[host], bar(), PLAIN);
		width -= 8;
	} else if (!on_the_left) {
		snprintf(margin, sizeof(margin), "%*s %s%s%s ", LEFT, "", DIM, bar(), PLAIN);
		width = RIGHT;
	}
	printf("%s%s%s%s%s", margin, CYAN, prompt, PLAIN, code);
	if (on_the_left && !look.stacked && columns <= LEFT)
		printf("%s%s%*s %s%s%s\n", text, PLAIN, LEFT - (int)columns, "", DIM, bar(), PLAIN);
	else
		wrap(text, width - (int)strlen(prompt), margin);
	fputs(PLAIN, stdout);
}

void picture_command(int host, const char *command)
{
	char *prompt = text_format("%s$ ", look.stacked ? "" : look.names[host]);

	row(host, prompt, BOLD, command);
	free(prompt);
}

void picture_key(int host, const char *key)
{
	row(host, "", BOLD, key);
}

void picture_output(int host, const char *line, size_t length)
{
	char *text = text_escaped(line, length, TEXT_LINES | (look.utf8 ? 0u : TEXT_ASCII));

	row(host, "", "", text);
	free(text);
}

void picture_event(int host, const char *words)
{
	row(host, "", DIM, words);
}

void picture_note(const char *words)
{
	fputs(DIM, stdout);
	wrap(words, look.width, "");
	fputs(PLAIN, stdout);
}
