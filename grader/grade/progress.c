#include "grade/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/text.h"

enum { NAME_COLUMNS = 24, REDRAW_MS = 200 };

void progress_begin(struct progress *p, int total)
{
	struct winsize size;
	const char *term = getenv("TERM");

	memset(p, 0, sizeof(*p));
	p->total = total;
	p->began = now_ms();
	p->columns = 80;
	p->bar = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
	if (p->bar && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		p->columns = size.ws_col;
}

static void clear(const struct progress *p)
{
	if (p->bar && p->drawn)
		printf("\r\033[K");
}

static void draw(struct progress *p)
{
	int64_t now = now_ms(), spent = now - p->began;
	int fresh = p->done - p->kept, cells, full;
	char numbers[120], left[48] = "";

	if (!p->bar)
		return;
	if (fresh > 0 && p->done < p->total) {
		long seconds = (long)(spent * (p->total - p->done) / fresh / 1000);

		snprintf(left, sizeof(left), ", %ld:%02ld left", seconds / 60, seconds % 60);
	}
	snprintf(numbers, sizeof(numbers), " %d/%d, %.0f/min%s%s", p->done, p->total,
	         spent > 0 ? fresh * 60000.0 / (double)spent : 0.0, left,
	         p->errors ? ", errors" : "");
	cells = p->columns - (int)strlen(numbers) - 3;
	if (cells > 40)
		cells = 40;
	full = p->total > 0 && cells > 0 ? cells * p->done / p->total : 0;
	printf("\r\033[K");
	if (cells > 4) {
		putchar('[');
		for (int i = 0; i < cells; i++)
			putchar(i < full ? '#' : '.');
		putchar(']');
	}
	fputs(numbers, stdout);
	fflush(stdout);
	p->drawn = now;
}

void progress_tick(struct progress *p)
{
	if (now_ms() - p->drawn >= REDRAW_MS)
		draw(p);
}

void progress_take(struct progress *p, const char *name, const struct job_line *line)
{
	char *seen = text_escaped(name, strlen(name), TEXT_PLAIN);
	size_t len = text_fit(seen, strlen(seen), NAME_COLUMNS);
	int gap = NAME_COLUMNS - (int)text_width(seen, len);

	p->done++;
	p->kept += line->state == JOB_KEPT;
	p->errors += line->state == JOB_ERROR;
	/* On a terminal the bar tells of what went well. */
	if (!p->bar || *line->words) {
		clear(p);
		printf("%*d/%d  %.*s%*s  ", p->total > 999 ? 4 : 3, p->done, p->total, (int)len,
		       seen, gap, "");
		if (line->state == JOB_KEPT)
			printf("kept from an earlier run\n");
		else if (line->state == JOB_ERROR)
			printf("   no score  %s\n", line->words);
		else
			printf("%3d/%-3d %d*  %s\n", line->score, line->max, line->stars, line->words);
		p->drawn = p->bar ? 1 : 0;
	}
	free(seen);
	fflush(stdout);
	progress_tick(p);
}

void progress_end(struct progress *p)
{
	clear(p);
	fflush(stdout);
}
