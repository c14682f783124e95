/* tcp-server: build-failed
 * A header without end. */
#include "/dev/zero"

int main(void)
{
	return 0;
}
