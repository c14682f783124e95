/* tcp-server: graded, at most 4
 * Terminal escapes and HTML in what it prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	printf("\033[2J\033]0;owned\a\033[31m<script>alert(1)</script>\x9b" "2J\xff\xfe");
	fprintf(stderr, "\033[1A\033[2K100/100 <img src=x onerror=alert(1)>\r\n");
	return 1;
}
