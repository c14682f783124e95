/* Comma-separated values, RFC 4180: cells that no spreadsheet runs. */
#ifndef GRADE_CSV_H
#define GRADE_CSV_H

#include <stdio.h>

/* With what a file must begin so that Excel reads its names as UTF-8. */
#define CSV_MARK "\xEF\xBB\xBF"

/* Writes one cell, quoted where it must be; escaped as text.h says, and with an
 * apostrophe before what a spreadsheet would take for a formula (= + - @, their wide
 * forms; after whatever spaces, and after a semicolon, which ends a cell where the comma
 * is the decimal sign). LAST ends the row. */
void csv_text(FILE *out, const char *text, int last);

/* Writes a number, or an empty cell if NUMBER is negative. */
void csv_number(FILE *out, int number, int last);

#endif
