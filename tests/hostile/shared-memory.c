/* tcp-server: graded, at most 4
 * Leaves shared memory and semaphores behind. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

int main(void)
{
	for (int i = 0; i < 100; i++)
		shmget(0x1000 + i, 1 << 20, IPC_CREAT | 0666);
	shm_open("/hostile", O_RDWR | O_CREAT, 0666);
	return system("echo x >/dev/shm/hostile");
}
