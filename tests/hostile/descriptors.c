/* tcp-server: graded, at most 4
 * Opens files until there are none left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void)
{
	for (int i = 0; i < 100; i++) {
		if (fork() == 0) {
			while (open("/dev/null", O_RDONLY) >= 0)
				;
			pause();
		}
	}
	pause();
	return 0;
}
