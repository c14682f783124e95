/* tcp-server: build-failed
 * Headers that branch: 2 to the power of 190 of them. */
#if __INCLUDE_LEVEL__ < 190
#include __FILE__
#include __FILE__
#endif

int main(void)
{
	return 0;
}
