/* tcp-server: graded, at most 4
 * Prints without end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;)
		puts("server: waiting for connections...");
}
