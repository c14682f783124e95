/* TAP streams, cut anywhere. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "judge/scoring.h"

static const char suite_text[] =
	"# bats test_tags=todo:1,points:2\n@test \"one\" {\n}\n"
	"# bats test_tags=todo:2,points:3\n@test \"two\" {\n}\n"
	"# bats test_tags=todo:2,stretch\n@test \"three\" {\n}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct suite suite;
	struct lab_result *whole, *pieces;
	struct scoring *scoring;
	char *why = NULL;

	if (suite.count == 0) {
		FILE *in = fmemopen((void *)(uintptr_t)suite_text, sizeof(suite_text) - 1, "r");

		if (suite_read_from(&suite, in, "suite", &why) < 0)
			die(1, "%s", why);
		fclose(in);
	}
	whole = lab_result_from_tap("lab", &suite, data, size, NULL);
	scoring = scoring_begin("lab", &suite, NULL, 0, 0, NULL, NULL);
	for (size_t i = 0; i < size; i += 3)
		scoring_feed(scoring, data + i, size - i < 3 ? size - i : 3, (int64_t)i);
	pieces = scoring_end(scoring, NULL);
	/* However it is cut, it is worth the same, and never more than there is. */
	if (whole->score != pieces->score || whole->score > whole->max ||
	    whole->status != pieces->status || whole->count != suite.count)
		abort();
	lab_result_free(whole);
	lab_result_free(pieces);
	return 0;
}
