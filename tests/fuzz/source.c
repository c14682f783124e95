/* Sources: offered, compared, normalised. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grade/intake/source.h"

static struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" } },
	.count = 1
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	size_t len = size;
	unsigned changed;
	struct intake in;

	memcpy(copy, data, size);
	if (!source_normalise(&copy, &len, &changed)) {
		if (len > 2 * size || (len > 0 && memchr(copy, '\0', len)))
			abort();
	}
	free(copy);
	intake_begin(&in, &table);
	intake_offer(&in, "server.c", (const char *)data, size / 2, NULL);
	intake_offer(&in, size & 1 ? "server.c" : "tcp-server/server.c",
	             (const char *)data + size / 2, size - size / 2, NULL);
	intake_end(&in);
	if ((in.source[0].status == SOURCE_TAKEN) != (in.source[0].data != NULL))
		abort();
	intake_free(&in);
	return 0;
}
