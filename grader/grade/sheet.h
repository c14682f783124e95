/* A table as a platform or a spreadsheet exported it: separated by commas, semicolons or
 * tabs, in UTF-8 with or without a byte order mark, UTF-16, or Windows' Latin letters. */
#ifndef GRADE_SHEET_H
#define GRADE_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct cell {
	char *text;             /* what it says, without quotes */
	size_t from, to;        /* where it stands in the sheet's text, quotes and all */
};

struct sheet_row {
	struct cell *cell;
	int count;
	size_t end;             /* of its last cell */
};

struct sheet {
	char *text;             /* the file as UTF-8, without its mark */
	size_t len;
	enum { SHEET_UTF8, SHEET_LATIN, SHEET_UTF16LE, SHEET_UTF16BE } encoding;
	bool mark;              /* the file begins with a byte order mark */
	char delimiter;
	struct sheet_row *row;  /* without empty ones */
	int rows;
};

/* Reads the file PATH, at most 64 MiB. Returns 0, or -1 with words in *WHY to be freed. */
int sheet_read(struct sheet *sheet, const char *path, char **why);

/* The same from the LEN bytes at BYTES. NULL, or words for why not (a constant). */
const char *sheet_parse(struct sheet *sheet, const char *bytes, size_t len);

/* Writes the LEN bytes at TEXT, which is UTF-8, as the sheet's file is encoded; the byte
 * order mark if MARK. */
void sheet_encode(const struct sheet *sheet, const char *text, size_t len, bool mark, FILE *out);

/* The cell COLUMN of ROW, "" if there is none. */
const char *sheet_cell(const struct sheet_row *row, int column);

void sheet_free(struct sheet *sheet);

#endif
