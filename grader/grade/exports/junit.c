/* JUnit's XML, as CI systems read it: a suite a lab, a case a check. */
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/exports/exports.h"
#include "grade/outcome.h"

/* TEXT as the value of an attribute or as content; control characters, which XML 1.0 has
 * not, are left out. */
static void put(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c == '\n')
			fputs("&#10;", out);
		else if (c >= 0x20)
			fputc(c, out);
	}
}

static void put_case(FILE *out, const json_t *lab, const json_t *check)
{
	const char *status = json_word(check, "status"), *message = json_word(check, "message");
	const char *what = strcmp(status, "fail") == 0 ? "failure"
		: strcmp(status, "error") == 0 ? "error" : "skipped";

	fputs("    <testcase classname=\"", out);
	put(out, json_word(lab, "lab"));
	fputs("\" name=\"", out);
	put(out, json_word(check, "name"));
	fprintf(out, "\" time=\"%.3f\"", json_number(check, "ms") / 1000.0);
	if (is_pass(check)) {
		fputs("/>\n", out);
		return;
	}
	fprintf(out, ">\n      <%s message=\"", what);
	put(out, message);
	fputs("\"/>\n    </testcase>\n", out);
}

const char *export_junit(const json_t *result, FILE *out)
{
	static const char *const kinds[] = { "fail", "error", "blocked" };
	json_t *lab, *check;
	size_t i, k;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
	json_array_foreach(json_object_get(result, "labs"), i, lab) {
		int count[3] = { 0, 0, 0 };

		json_array_foreach(json_object_get(lab, "checks"), k, check)
			for (int n = 0; n < 3; n++)
				count[n] += strcmp(json_word(check, "status"), kinds[n]) == 0;
		fputs("  <testsuite name=\"", out);
		put(out, json_word(lab, "lab"));
		fprintf(out, "\" tests=\"%zu\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n",
		        json_array_size(json_object_get(lab, "checks")), count[0], count[1], count[2]);
		json_array_foreach(json_object_get(lab, "checks"), k, check)
			put_case(out, lab, check);
		fputs("  </testsuite>\n", out);
	}
	fputs("</testsuites>\n", out);
	return NULL;
}
