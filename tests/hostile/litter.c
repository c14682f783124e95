/* tcp-server: graded, at most 4
 * Twenty thousand files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void)
{
	char path[64];

	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/tmp/%d", i);
		open(path, O_WRONLY | O_CREAT, 0600);
	}
	return 0;
}
