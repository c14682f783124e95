/* Rosters as somebody exported them, and cells as they are written back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grade/csv.h"
#include "grade/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sheet sheet;
	char *text;
	size_t len;
	FILE *out;

	if (sheet_parse(&sheet, (const char *)data, size))
		return 0;
	out = open_memstream(&text, &len);
	for (int i = 0; i < sheet.rows; i++)
		for (int c = 0; c < sheet.row[i].count; c++) {
			const struct cell *cell = &sheet.row[i].cell[c];
			long before = ftell(out);

			if (cell->from > cell->to || cell->to > sheet.len)
				abort();
			csv_text(out, cell->text, 0);
			fflush(out);
			if (text[before] && strchr("=+-@\t\r", text[before]))
				abort();        /* a cell that a spreadsheet runs */
			if (text[before] == '"' && strchr("=+-@", text[before + 1]))
				abort();
		}
	fclose(out);
	free(text);
	sheet_free(&sheet);
	return 0;
}
