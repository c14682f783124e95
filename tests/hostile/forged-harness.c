/* tcp-server: graded, at most 4
 * Says that the harness failed, for a second chance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0; i < 50; i++) {
		printf("# harness: out of memory\nharness: out of memory\n\n# skip error: no\n");
		fprintf(stderr, "# harness: out of memory\nharness: the machine broke\n");
	}
	return 125;
}
