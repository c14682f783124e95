/* tcp-server: graded, at most 4
 * TAP on standard output, with every kind of line end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	static const char *const ends[] = { "\n", "\r", "\r\n", "\v", "\f", "\xE2\x80\xA8", "\xC2\x85" };

	for (size_t e = 0; e < 7; e++)
		for (int i = 1; i < 30; i++)
			printf("%sok %d listens on port 3490 and says so%s", ends[e], i, ends[e]);
	return 0;
}
