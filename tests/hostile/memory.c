/* tcp-server: graded, at most 4
 * Takes all memory there is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;) {
		char *block = malloc(16 << 20);

		if (block)
			memset(block, 1, 16 << 20);
	}
}
