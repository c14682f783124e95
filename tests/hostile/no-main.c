/* tcp-server: build-failed
 * Nothing to start. */
int helper(void)
{
	return 0;
}
