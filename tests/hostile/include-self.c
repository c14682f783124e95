/* tcp-server: build-failed
 * A header that is itself: megabytes of messages. */
#include __FILE__

int main(void)
{
	return 0;
}
