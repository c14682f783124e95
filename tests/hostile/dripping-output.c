/* tcp-server: graded, at most 4
 * A letter now and then, for ever. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;) {
		write(1, "x", 1);
		usleep(50000);
	}
}
