#include "grade/intake/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What came out, a line an entry. */
static char seen[4096];

static bool wants(void *context, const char *path)
{
	(void)context;
	return strstr(path, "skip") == NULL;
}

static void take(void *context, const char *path, const char *data, size_t len,
                 const char *reason, long long when)
{
	size_t have = strlen(seen);

	(void)context;
	(void)when;
	snprintf(seen + have, sizeof(seen) - have, "%s:%.*s%s\n", path, data ? (int)len : 0,
	         data ? data : "", reason ? reason : "");
}

static const struct archive_reader reader = { wants, take, NULL };

static struct archive_limits limits;

static void clear(void)
{
	limits = archive_of_one;
	*seen = '\0';
}

TestSuite(grade_archive, .init = clear, .timeout = 30);

struct entry {
	const char *path, *text, *link;
	unsigned type;
};

/* A zip or tar in memory, as a descriptor. */
static int archive_with(bool zip, const struct entry *entries, int count)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	struct archive *a = archive_write_new();

	if (zip)
		archive_write_set_format_zip(a);
	else
		archive_write_set_format_pax_restricted(a);
	archive_write_open_fd(a, fd);
	for (int i = 0; i < count; i++) {
		struct archive_entry *e = archive_entry_new();
		size_t len = entries[i].text ? strlen(entries[i].text) : 0;

		archive_entry_set_pathname(e, entries[i].path);
		archive_entry_set_filetype(e, entries[i].type);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_size(e, (long long)len);
		if (entries[i].link)
			archive_entry_set_symlink(e, entries[i].link);
		archive_write_header(a, e);
		if (len > 0)
			archive_write_data(a, entries[i].text, len);
		archive_entry_free(e);
	}
	archive_write_close(a);
	archive_write_free(a);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static const struct entry some[] = {
	{ "a/server.c", "int x;", NULL, AE_IFREG },
	{ "skip", "never", NULL, AE_IFREG },
	{ "b\\client.c", "int y;", NULL, AE_IFREG },
	{ "link", NULL, "/etc/passwd", AE_IFLNK },
	{ "empty", "", NULL, AE_IFREG }
};

Test(grade_archive, zip)
{
	char *words = archive_read(archive_with(true, some, 5), (uid_t)-1, &limits,
	                           &reader);

	cr_assert_null(words, "%s", words);
	cr_assert_str_eq(seen, "a/server.c:int x;\nskip:\nb/client.c:int y;\n"
	                 "link:it is a symbolic link\nempty:\n");
}

Test(grade_archive, tar)
{
	char *words = archive_read(archive_with(false, some, 5), (uid_t)-1, &limits,
	                           &reader);

	cr_assert_null(words, "%s", words);
	cr_assert_not_null(strstr(seen, "a/server.c:int x;\n"));
	cr_assert_not_null(strstr(seen, "link:it is a symbolic link\n"));
}

Test(grade_archive, an_entry_too_large)
{
	struct archive_limits small = archive_of_one;
	struct entry two[] = { { "server.c", "1234567890", NULL, AE_IFREG },
	                       { "client.c", "123456789", NULL, AE_IFREG } };

	small.entry = 9;
	cr_assert_null(archive_read(archive_with(false, two, 2), (uid_t)-1, &small, &reader));
	cr_assert_str_eq(seen, "server.c:it is too large\nclient.c:123456789\n");
}

Test(grade_archive, too_many_entries)
{
	struct archive_limits small = archive_of_one;
	char *words;

	small.entries = 4;
	words = archive_read(archive_with(true, some, 5), (uid_t)-1, &small, &reader);
	cr_assert_str_eq(words, "an archive bomb: more than 4 entries");
	free(words);
}

Test(grade_archive, more_than_it_may_unpack_to)
{
	struct archive_limits small = archive_of_one;
	char *words;

	small.unpacked = 10;
	words = archive_read(archive_with(true, some, 5), (uid_t)-1, &small, &reader);
	cr_assert(strncmp(words, "an archive bomb", 15) == 0, "%s", words);
	free(words);
}

Test(grade_archive, no_archive_at_all)
{
	int fd = open("/proc/self/cmdline", O_RDONLY);
	char *words = archive_read(fd, (uid_t)-1, &limits, &reader);

	cr_assert(strncmp(words, "not a zip", 9) == 0, "%s", words);
	free(words);
	close(fd);
}

Test(grade_archive, cut_anywhere_it_is_refused_or_read)
{
	int fd = archive_with(true, some, 5);
	off_t size = lseek(fd, 0, SEEK_END);
	char bytes[4096];

	cr_assert_lt(size, (off_t)sizeof(bytes));
	cr_assert_eq(pread(fd, bytes, (size_t)size, 0), size);
	for (off_t n = 0; n < size; n++)
		free(archive_read_memory(bytes, (size_t)n, &archive_of_one, &reader));
}

Test(grade_archive, a_rar_archive_is_called_that)
{
	int fd = memfd_create("rar", MFD_CLOEXEC);
	char *words;

	cr_assert_eq(write(fd, "Rar!\x1a\x07\x01\x00 and more", 17), 17);
	lseek(fd, 0, SEEK_SET);
	words = archive_read(fd, (uid_t)-1, &limits, &reader);
	cr_assert_not_null(strstr(words, "RAR"), "%s", words);
	cr_assert_not_null(strstr(words, "unrar"), "%s", words);
	free(words);
	close(fd);
}

Test(grade_archive, many_have_no_more_than_one)
{
	char *words;

	limits.ms = 1;
	for (int i = 0; i < 1000 && limits.ms > 0; i++)
		free(archive_read(archive_with(true, some, 5), (uid_t)-1, &limits, &reader));
	words = archive_read(archive_with(true, some, 5), (uid_t)-1, &limits, &reader);
	cr_assert_not_null(strstr(words, "together take too long"), "%s", words);
	free(words);
}

/* Entries that compress to nothing: 150,000 of them in a few kilobytes. */
Test(grade_archive, entries_out_of_nothing_are_a_bomb)
{
	int fd = memfd_create("bomb", MFD_CLOEXEC);
	struct archive *a = archive_write_new();
	char *words;

	archive_write_add_filter_xz(a);
	archive_write_set_format_ustar(a);
	archive_write_open_fd(a, fd);
	for (int i = 0; i < 6000; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, "a/server.c");
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_size(e, 0);
		archive_write_header(a, e);
		archive_entry_free(e);
	}
	archive_write_free(a);
	lseek(fd, 0, SEEK_SET);
	limits.entries = 200000;
	words = archive_read(fd, (uid_t)-1, &limits, &reader);
	cr_assert(words && strstr(words, "bomb"), "%s", words);
	free(words);
	close(fd);
}

static int opened;

static bool wants_to_open(void *context, const char *path)
{
	int *answer = context;
	int fd = open("/etc/passwd", O_RDONLY);

	(void)path;
	*answer = fd;
	return fd >= 0;
}

/* The same code as an archive that takes its reader over would run. */
Test(grade_archive, its_reader_opens_nothing)
{
	struct archive_reader spy = { wants_to_open, take, &opened };

	cr_assert_null(archive_read(archive_with(true, some, 1), (uid_t)-1, &limits, &spy));
	cr_assert_str_eq(seen, "a/server.c:\n", "it was opened, so the entry was wanted");
}
