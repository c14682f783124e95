#include "author/picture.h"

enum { LEFT = 240, CELL = 20, ROW = 20, TOP = 60, GAP = 30, WIDTH = 1120 };

static void escaped(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		default: fputc(*text, out);
		}
}

static void label(FILE *out, int x, int y, const char *style, const char *text)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, style);
	escaped(out, text);
	fputs("</text>\n", out);
}

static size_t wrong_count(const struct rehearsal *list, size_t count, int lab)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += list[i].c->lab == lab && list[i].c->kind == CASE_WRONG;
	return found;
}

/* The field of one lab needs room for its rows and for the list of its checks. */
static int field_height(const struct suite *suite, size_t rows)
{
	size_t lines = rows > suite->count ? rows : suite->count;

	return ROW * (int)(lines + 2) + GAP;
}

/* The first check that fails, or how many there are. */
static size_t first_failed(const struct lab_result *result)
{
	size_t k = 0;

	while (k < result->count && result->checks[k].status != CHECK_FAIL)
		k++;
	return k;
}

static void draw_row(FILE *out, const struct rehearsal *r, int y)
{
	static const char *const colours[] = {
		[CHECK_PASS] = "#dfeedd", [CHECK_FAIL] = "#c8321e",
		[CHECK_BLOCKED] = "#e4e4e4", [CHECK_ERROR] = "#f0c040",
	};

	fprintf(out, "<g><title>");
	escaped(out, r->c->what);
	fprintf(out, "</title>\n");
	label(out, 10, y, "name", r->c->name);
	for (size_t k = 0; k < r->result->count; k++)
		fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
		        LEFT + CELL * (int)k + 1, y - ROW + 6, CELL - 2, ROW - 2,
		        colours[r->result->checks[k].status]);
	fputs("</g>\n", out);
}

/* The rows stand in the order of the checks that catch them. */
static int draw_lab(FILE *out, const struct lab *lab, const struct suite *suite,
                    const struct rehearsal *list, size_t count, int number, int y)
{
	size_t rows = wrong_count(list, count, number);
	int legend = LEFT + CELL * (int)suite->count + 20, top = y;
	char text[24];

	label(out, 10, y, "lab", lab->folder);
	for (size_t k = 0; k < suite->count; k++) {
		snprintf(text, sizeof(text), "%zu", k + 1);
		label(out, LEFT + CELL * (int)k + CELL / 2, y, "number", text);
	}
	for (size_t k = 0; k <= suite->count; k++)
		for (size_t i = 0; i < count; i++)
			if (list[i].c->lab == number && list[i].c->kind == CASE_WRONG &&
			    first_failed(list[i].result) == k)
				draw_row(out, &list[i], y += ROW);
	for (size_t k = 0; k < suite->count; k++) {
		fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">%zu  ", legend,
		        top + ROW * (int)(k + 1), suite->checks[k].stretch ? "star" : "check", k + 1);
		escaped(out, suite->checks[k].name);
		fputs(suite->checks[k].stretch ? " *</text>\n" : "</text>\n", out);
	}
	return top + field_height(suite, rows);
}

void draw_matrix(FILE *out, const struct labs *labs, const struct suite *suites,
                 const struct rehearsal *list, size_t count)
{
	int height = TOP, y = TOP + ROW;

	for (int i = 0; i < labs->count; i++)
		if (wrong_count(list, count, i))
			height += field_height(&suites[i], wrong_count(list, count, i));
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
	        "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
	        "<style>.lab{font-weight:bold;font-size:14px}.number{text-anchor:middle;fill:#555}"
	        ".name{font-family:monospace}.check{fill:#333}.star{fill:#777;font-style:italic}"
	        "</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
	        WIDTH, height, WIDTH, height);
	label(out, 10, 24, "lab", "Who catches what");
	label(out, 10, 42, "check", "A row is a wrong program, a column a check. Red: the check "
	      "fails it. Green: passed. Grey: blocked by a red one. * earns a star, no points.");
	for (int i = 0; i < labs->count; i++)
		if (wrong_count(list, count, i))
			y = draw_lab(out, &labs->at[i], &suites[i], list, count, i, y);
	fputs("</svg>\n", out);
}
