/* tcp-server: graded, at most 4
 * Dumps core, with a lot in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

int main(void)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };
	char *big = malloc(200 << 20);

	setrlimit(RLIMIT_CORE, &r);
	if (big)
		memset(big, 1, 200 << 20);
	abort();
}
