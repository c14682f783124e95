/* tcp-server: graded, at most 4
 * Hides memory in files of memory. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

int main(void)
{
	static char block[1 << 20];

	for (int i = 0; i < 1000; i++) {
		int fd = memfd_create("x", 0);

		for (int n = 0; fd >= 0 && n < 64; n++)
			write(fd, block, sizeof(block));
	}
	pause();
	return 0;
}
