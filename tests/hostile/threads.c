/* tcp-server: graded, at most 4
 * Threads without end. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *wait_for_ever(void *nothing)
{
	pause();
	return nothing;
}

int main(void)
{
	pthread_t id;

	for (;;)
		pthread_create(&id, NULL, wait_for_ever, NULL);
}
