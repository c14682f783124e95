/* tcp-server: build-failed
 * A header from the terminal, which nobody types. */
#include "/dev/stdin"

int main(void)
{
	return answer;
}
