/* tcp-server: graded, at most 4
 * Forks without end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;)
		fork();
}
