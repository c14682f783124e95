/* tcp-server: build-failed
 * Two thousand million instructions from one line. */
__asm__(".rept 2000000000\nnop\n.endr");

int main(void)
{
	return 0;
}
