/* tcp-server: build-failed
 * A program of a gigabyte. */
int big[1 << 28] = { 1 };

int main(void)
{
	return big[5];
}
