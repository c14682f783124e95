/* pack socket FILE: makes a socket. pack FORMAT FILE: writes an archive with any entries whatever, those included that no
 * honest program makes. FORMAT: zip, tar, tgz, 7z. Standard input has a line an entry,
 * tabs between: TYPE NAME VALUE. TYPE: f a file that holds VALUE and a newline; F one
 * that holds the file VALUE; z one of VALUE zero bytes; l, h a symbolic, a hard link to
 * VALUE; c a device; p a FIFO; d a folder; n VALUE empty files NAME-1, NAME-2, ... */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static void put(struct archive *a, unsigned type, const char *name, const char *link,
                int hard, const char *data, size_t len, size_t zeros)
{
	static const char block[65536];
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 1700000000, 0);
	archive_entry_set_size(e, (long long)(len + zeros));
	if (type == AE_IFCHR)
		archive_entry_set_rdev(e, 0x105);
	if (link && hard)
		archive_entry_set_hardlink(e, link);
	else if (link)
		archive_entry_set_symlink(e, link);
	if (archive_write_header(a, e) != ARCHIVE_OK)
		fprintf(stderr, "pack: %s: %s\n", name, archive_error_string(a));
	if (len > 0)
		archive_write_data(a, data, len);
	for (size_t n; zeros > 0; zeros -= n) {
		n = zeros < sizeof(block) ? zeros : sizeof(block);
		archive_write_data(a, block, n);
	}
	archive_entry_free(e);
}

static int make_socket(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	return bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0;
}

int main(int argc, char **argv)
{
	struct archive *a = archive_write_new();
	char *line = NULL;
	size_t size = 0;

	if (argc != 3)
		return 64;
	if (strcmp(argv[1], "socket") == 0)
		return make_socket(argv[2]);
	if (strcmp(argv[1], "zip") == 0)
		archive_write_set_format_zip(a);
	else if (strcmp(argv[1], "7z") == 0)
		archive_write_set_format_7zip(a);
	else
		archive_write_set_format_pax_restricted(a);
	if (strcmp(argv[1], "tgz") == 0)
		archive_write_add_filter_gzip(a);
	if (archive_write_open_filename(a, argv[2]) != ARCHIVE_OK)
		return 1;
	while (getline(&line, &size, stdin) >= 0) {
		char *rest = line, *type = strsep(&rest, "\t\n"), *name = strsep(&rest, "\t\n");
		char *value = strsep(&rest, "\n"), *data = NULL;
		size_t len = 0;

		value = value ? value : line + strlen(line);
		switch (name ? *type : 0) {
		case 'f':
			len = strlen(value);
			value[len] = '\n';
			put(a, AE_IFREG, name, NULL, 0, value, len + 1, 0);
			break;
		case 'F': {
			FILE *in = fopen(value, "r");

			data = malloc(1 << 22);
			len = in && data ? fread(data, 1, 1 << 22, in) : 0;
			put(a, AE_IFREG, name, NULL, 0, data, len, 0);
			if (in)
				fclose(in);
			free(data);
			break;
		}
		case 'z':
			put(a, AE_IFREG, name, NULL, 0, NULL, 0, strtoul(value, NULL, 10));
			break;
		case 'l': put(a, AE_IFLNK, name, value, 0, NULL, 0, 0); break;
		case 'h': put(a, AE_IFREG, name, value, 1, NULL, 0, 0); break;
		case 'c': put(a, AE_IFCHR, name, NULL, 0, NULL, 0, 0); break;
		case 'p': put(a, AE_IFIFO, name, NULL, 0, NULL, 0, 0); break;
		case 'd': put(a, AE_IFDIR, name, NULL, 0, NULL, 0, 0); break;
		case 'n':
			for (long i = 1, n = atol(value); i <= n; i++) {
				char path[300];

				snprintf(path, sizeof(path), "%.250s-%ld", name, i);
				put(a, AE_IFREG, path, NULL, 0, NULL, 0, 0);
			}
			break;
		default:
			return 64;
		}
	}
	free(line);
	archive_write_close(a);
	archive_write_free(a);
	return 0;
}
