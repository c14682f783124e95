#include "grade/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

void csv_text(FILE *out, const char *text, int last)
{
	char *seen = text_escaped(text, strlen(text), TEXT_PLAIN);
	/* Spaces do not keep a spreadsheet from it. */
	const char *first = seen + strspn(seen, " ");
	bool formula = *first && strchr("=+-@", *first);

	/* A tab or carriage return at the front is already seen as \x09, \x0D. */
	if (formula || strpbrk(seen, ",\"") || *seen == ' ') {
		fputc('"', out);
		if (formula)
			fputc('\'', out);
		for (const char *p = seen; *p; p++) {
			if (*p == '"')
				fputc('"', out);
			fputc(*p, out);
		}
		fputc('"', out);
	} else {
		fputs(seen, out);
	}
	fputs(last ? "\n" : ",", out);
	free(seen);
}

void csv_number(FILE *out, int number, int last)
{
	if (number >= 0)
		fprintf(out, "%d", number);
	fputs(last ? "\n" : ",", out);
}

enum { ROW_MAX = 1 << 20 };

struct cell {
	char *text;
	size_t len, space;
};

static void cell_add(struct cell *cell, int c)
{
	if (cell->len + 1 >= cell->space) {
		cell->space = cell->space ? 2 * cell->space : 64;
		cell->text = need(realloc(cell->text, cell->space));
	}
	cell->text[cell->len++] = (char)c;
	cell->text[cell->len] = '\0';
}

static void cell_end(struct cell *cell, struct csv_row *row)
{
	if ((row->count & (row->count + 1)) == 0)
		row->cell = need(realloc(row->cell, 2 * (row->count + 1) * sizeof(*row->cell)));
	row->cell[row->count++] = cell->text ? cell->text : need(strdup(""));
	*cell = (struct cell){ NULL, 0, 0 };
}

int csv_read(FILE *in, struct csv_row *row)
{
	struct cell cell = { NULL, 0, 0 };
	bool quoted = false, any = false;
	size_t total = 0;
	int c;

	*row = (struct csv_row){ NULL, 0 };
	if (ftell(in) == 0) {
		if ((c = getc(in)) != 0xEF) {
			ungetc(c, in);
		} else {
			getc(in);
			getc(in);
		}
	}
	while ((c = getc(in)) != EOF && total++ < ROW_MAX) {
		any = true;
		if (quoted) {
			int next = c == '"' ? getc(in) : 0;

			if (c == '"' && next == '"') {
				cell_add(&cell, '"');
			} else if (c == '"') {
				quoted = false;
				if (next != EOF)
					ungetc(next, in);
			} else if (c != '\0') {
				cell_add(&cell, c);
			}
		} else if (c == '"' && cell.len == 0) {
			quoted = true;
		} else if (c == ',') {
			cell_end(&cell, row);
		} else if (c == '\n') {
			break;
		} else if (c != '\0' && c != '\r') {
			cell_add(&cell, c);
		}
	}
	if (quoted || total > ROW_MAX || ferror(in)) {
		free(cell.text);
		csv_row_free(row);
		errno = ferror(in) ? EIO : EINVAL;
		return -1;
	}
	if (!any)
		return 0;
	cell_end(&cell, row);
	return 1;
}

void csv_row_free(struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		free(row->cell[i]);
	free(row->cell);
	*row = (struct csv_row){ NULL, 0 };
}
