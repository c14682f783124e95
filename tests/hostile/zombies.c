/* tcp-server: graded, at most 4
 * A hundred children that nobody reaps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0; i < 100; i++)
		if (fork() == 0)
			_exit(0);
	for (;;)
		pause();
}
