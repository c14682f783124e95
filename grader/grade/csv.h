/* Comma-separated values, RFC 4180; and cells that no spreadsheet runs. */
#ifndef GRADE_CSV_H
#define GRADE_CSV_H

#include <stddef.h>
#include <stdio.h>

/* Writes one cell, quoted where it must be; escaped as text.h says, and with an
 * apostrophe before what a spreadsheet would take for a formula (= + - @, or a tab or
 * carriage return). LAST ends the row. */
void csv_text(FILE *out, const char *text, int last);

/* Writes a number, or an empty cell if NUMBER is negative. */
void csv_number(FILE *out, int number, int last);

struct csv_row {
	char **cell;
	size_t count;
};

/* Reads the next row of IN: quotes, line breaks inside them, CR LF, a byte order mark
 * at the beginning of the file. Returns 1, 0 at the end, or -1 with errno (EINVAL:
 * a quote that never ends, or more than 1 MiB in a row). Free with csv_row_free. */
int csv_read(FILE *in, struct csv_row *row);
void csv_row_free(struct csv_row *row);

#endif
