/* tcp-server: build-failed
 * A secret in the program, to be printed later. */
__asm__(".incbin \"@SECRET@\"");

int main(void)
{
	return 0;
}
