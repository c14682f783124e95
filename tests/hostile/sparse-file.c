/* tcp-server: graded, at most 4
 * A file of a terabyte, all holes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void)
{
	int fd = open("/tmp/sparse", O_RDWR | O_CREAT, 0600);

	ftruncate(fd, 1L << 40);
	lseek(fd, 1L << 40, SEEK_SET);
	write(fd, "x", 1);
	return 0;
}
