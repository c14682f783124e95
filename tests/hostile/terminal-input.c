/* tcp-server: graded, at most 4
 * Types commands into the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/ioctl.h>

int main(void)
{
	static const char line[] = "touch /tmp/typed-by-hostile\n";
	int tty = open("/dev/tty", O_RDWR);

	for (int fd = 0; fd < 4; fd++)
		for (const char *c = line; *c; c++)
			ioctl(fd == 3 ? tty : fd, TIOCSTI, c);
	return 0;
}
