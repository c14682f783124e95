#include "grade/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/save.h"
#include "common/text.h"

bool sha256_file(const char *path, char out[SHA256_TEXT])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sha256 h;
	char bytes[65536];
	ssize_t n = -1;

	if (fd < 0)
		return false;
	sha256_begin(&h);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		sha256_add(&h, bytes, (size_t)n);
	close(fd);
	sha256_end(&h, out);
	return n == 0;
}

void remove_asides(const char *dir, const char *const *names)
{
	DIR *open_dir = opendir(dir);
	struct dirent *entry;

	while (open_dir && (entry = readdir(open_dir))) {
		for (int i = 0; names[i]; i++) {
			size_t len = strlen(names[i]);

			if (strncmp(entry->d_name, names[i], len) == 0 &&
			    entry->d_name[len] == '.' && strlen(entry->d_name) == len + 7)
				unlinkat(dirfd(open_dir), entry->d_name, 0);
		}
	}
	if (open_dir)
		closedir(open_dir);
}

static char *mark_path(const char *out, const char *folder)
{
	return text_format("%s/.grade/done/%s", out, folder);
}

/* The mark's text: KEY, and the sums of the two files that it vouches for. */
static char *mark_text(const char *out, const char *folder, const char *key)
{
	char *result = text_format("%s/%s/result.json", out, folder);
	char *report = text_format("%s/%s/report.txt", out, folder);
	char a[SHA256_TEXT], b[SHA256_TEXT], *text = NULL;

	if (sha256_file(result, a) && sha256_file(report, b))
		text = text_format("%s %s %s\n", key, a, b);
	free(result);
	free(report);
	return text;
}

bool store_done(const char *out, const char *folder, const char *key)
{
	char *path = mark_path(out, folder), *want, have[4 * SHA256_TEXT] = "";
	FILE *in = fopen(path, "re");
	bool done = false;

	free(path);
	if (!in)
		return false;
	if (fgets(have, sizeof(have), in) && strncmp(have, key, strlen(key)) == 0 &&
	    (want = mark_text(out, folder, key))) {
		done = strcmp(have, want) == 0;
		free(want);
	}
	fclose(in);
	return done;
}

int store_mark(const char *out, const char *folder, const char *key)
{
	char *text = mark_text(out, folder, key), *path;
	struct save file;
	int result;

	if (!text)
		return -1;
	path = mark_path(out, folder);
	result = save_begin(&file, path);
	if (result == 0) {
		fputs(text, file.out);
		result = save_end(&file);
	}
	free(path);
	free(text);
	return result;
}

void store_unmark(const char *out, const char *folder)
{
	char *path = mark_path(out, folder);

	unlink(path);
	free(path);
}
