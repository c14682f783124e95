/* udp-listener: graded, at most 6
 * Forks without end in another lab. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;)
		fork();
}
