/* tcp-server: build-failed
 * A file of the machine's in a message. */
#include "/etc/shadow"
#include "@SECRET@"

int main(void)
{
	return 0;
}
