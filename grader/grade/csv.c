#include "grade/csv.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static bool is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xA0 || c == 0x1680 || c == 0x3000 ||
	       c == 0x202F || c == 0x205F || (c >= 0x2000 && c <= 0x200A);
}

/* What makes a cell a formula; the wide forms become the others in some spreadsheets. */
static bool is_operator(uint32_t c)
{
	static const uint32_t operators[] = {
		'=', '+', '-', '@', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0x2212, 0xFE62, 0xFE63,
		0xFE66, 0xFE6B
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (c == operators[i])
			return true;
	return false;
}

static bool is_formula(const char *text)
{
	size_t len = strlen(text), n;
	uint32_t c = 0;

	while ((n = text_utf8(text, len, &c)) > 0 && is_space(c)) {
		text += n;
		len -= n;
	}
	return n > 0 && is_operator(c);
}

void csv_text(FILE *out, const char *text, int last)
{
	char *seen = text_escaped(text, strlen(text), TEXT_PLAIN);
	bool formula = is_formula(seen);

	if (formula || strpbrk(seen, ",;\"") || *seen == ' ') {
		fputs(formula ? "\"'" : "\"", out);
		for (const char *p = seen; *p; p++) {
			if (*p == '"')
				fputc('"', out);
			fputc(*p, out);
			if (*p == ';' && is_formula(p + 1))
				fputc('\'', out);
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
