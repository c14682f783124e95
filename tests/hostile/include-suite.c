/* tcp-server: graded, at most 4
 * Is a suite, a tool or the checkout in sight of the compiler? Then it would not build. */
#if __has_include("/srv/labs/lib.bash") || __has_include("@ROOT@/Makefile") || \
    __has_include("/srv/build/bin/launch") || __has_include("@SECRET@")
#error in sight
#endif

int main(void)
{
	return 0;
}
