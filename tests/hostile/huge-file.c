/* tcp-server: graded, at most 4
 * Writes a file without end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	static char block[1 << 20];
	FILE *out = fopen("/tmp/huge", "w");

	while (out && fwrite(block, sizeof(block), 1, out) == 1)
		;
	return 0;
}
