/* tcp-server: graded, at most 4
 * Leaves daemons behind that ignore every signal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>

int main(void)
{
	for (int i = 0; i < 5; i++) {
		if (fork() == 0) {
			setsid();
			for (int s = 1; s < 65; s++)
				signal(s, SIG_IGN);
			if (fork() == 0)
				for (;;)
					pause();
			_exit(0);
		}
	}
	return 0;
}
