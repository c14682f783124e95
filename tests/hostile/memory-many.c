/* tcp-server: graded, at most 4
 * Takes it in twenty processes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0; i < 20; i++) {
		if (fork() == 0) {
			char *block = malloc(800 << 20);

			if (block)
				memset(block, 1, 800 << 20);
			pause();
		}
	}
	pause();
	return 0;
}
