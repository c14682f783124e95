/* tcp-client: graded, at most 6
 * Prints without end, whatever is asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;)
		puts("client: received 'Hello, world!'");
}
