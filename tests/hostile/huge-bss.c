/* tcp-server: graded, at most 4
 * A gigabyte of zeros. */
static char big[1UL << 30];

int main(int argc, char **argv)
{
	(void)argv;
	return big[(unsigned long)argc << 20];
}
