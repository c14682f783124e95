/* tcp-server: graded, at most 4
 * Waits without a word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
