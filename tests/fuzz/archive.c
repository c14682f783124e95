/* Archives: packed from the bytes (any names, types, sizes, times, then damaged a
 * little), the bytes as an archive, and the bytes as what the reading process says. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/intake/archive.h"
#include "grade/intake/names.h"
#include "grade/intake/source.h"

enum { PACKED_MAX = 1 << 21 };

static struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" } },
	.count = 1
};

static bool wants(void *context, const char *path)
{
	const struct intake *in = context;

	return claim_of(in->labs, path).lab >= 0;
}

static void take(void *context, const char *path, const char *data, size_t len,
                 const char *reason, long long when)
{
	(void)when;
	intake_offer(context, path, data, len, reason);
}

/* ---- packing ------------------------------------------------------------- */

struct bytes_left {
	const uint8_t *at;
	size_t left;
};

static unsigned one(struct bytes_left *b)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->at++;
}

/* Names that mean something, and whatever the bytes say. */
static void put_name(struct bytes_left *b, char name[300])
{
	static const char *const known[] = { "", "server.c", "tcp-server/server.c",
		"a/tcp-server/server.c", "../server.c", "/server.c", "__MACOSX/._server.c",
		"TCP-Server/SERVER.C", "late_1_2_server-1.c", "tcp-server\\server.c",
		"./server.c", "tcp-server/server.c/" };
	size_t len;
	unsigned which = one(b), more = which & 16 ? one(b) : 0;

	strcpy(name, known[which % (sizeof(known) / sizeof(*known))]);
	len = strlen(name);
	while (more-- > 0 && len < 299)
		name[len++] = (char)one(b);
	name[len] = '\0';
}

struct packed {
	char *bytes;
	size_t used;
};

static void put_number(struct packed *p, unsigned long n, int size)
{
	for (; size > 0; size--, n >>= 8)
		p->bytes[p->used++] = (char)(n & 0xff);
}

static void put_bytes(struct packed *p, const void *bytes, size_t len)
{
	memcpy(p->bytes + p->used, bytes, len);
	p->used += len;
}

/* A zip by hand (APPNOTE 4.3.7, 4.3.12, 4.3.16), because it may then lie: names that
 * are no text, sizes that are not so, two names for one entry, links. Stored only. */
static void pack_zip(struct bytes_left *b, struct packed *p)
{
	char directory[20 * 400], name[300], data[256];
	struct packed central = { directory, 0 };
	unsigned long count = 0, start;

	for (; count < 20 && b->left > 0; count++) {
		unsigned how = one(b), len = one(b), lie = how & 1 ? one(b) : 0;
		unsigned long mode = how & 2 ? 0120777 : 0100644, at = p->used;

		put_name(b, name);
		for (unsigned i = 0; i < len; i++)
			data[i] = (char)one(b);
		put_number(p, 0x04034b50, 4);
		put_number(p, 20, 2);
		put_number(p, how & 4 ? 0x800 : 0, 2); /* UTF-8, it says */
		put_number(p, 0, 2);
		put_number(p, 0x5a6a6a6a, 4); /* time and date */
		put_number(p, 0, 4);          /* CRC-32: wrong mostly */
		put_number(p, len, 4);
		put_number(p, len + lie, 4);
		put_number(p, strlen(name), 2);
		put_number(p, 0, 2);
		put_bytes(p, name, strlen(name));
		put_bytes(p, data, len);
		if (how & 8)
			put_name(b, name);
		put_number(&central, 0x02014b50, 4);
		put_number(&central, 0x0314, 2); /* made on Unix */
		put_number(&central, 20, 2);
		put_number(&central, how & 16 ? 1 : 0, 2); /* encrypted, it says */
		put_number(&central, 0, 2);
		put_number(&central, 0x5a6a6a6a, 4);
		put_number(&central, 0, 4);
		put_number(&central, len, 4);
		put_number(&central, len + lie, 4);
		put_number(&central, strlen(name), 2);
		put_number(&central, 0, 4);
		put_number(&central, 0, 4);
		put_number(&central, mode << 16, 4);
		put_number(&central, how & 32 ? one(b) : at, 4);
		put_bytes(&central, name, strlen(name));
	}
	start = p->used;
	put_bytes(p, directory, central.used);
	put_number(p, 0x06054b50, 4);
	put_number(p, 0, 4);
	put_number(p, count, 2);
	put_number(p, count, 2);
	put_number(p, central.used, 4);
	put_number(p, start, 4);
	put_number(p, 0, 2);
}

/* A tar by hand (POSIX pax, "ustar Interchange Format"): any type, GNU's long names and
 * pax records among them. */
static void pack_tar(struct bytes_left *b, struct packed *p)
{
	static const char types[] = "00000012345678LKxgSD";

	for (int i = 0; i < 20 && b->left > 0; i++) {
		unsigned how = one(b), len = one(b), sum = 0;
		char head[512] = "", name[300];
		size_t said = how & 1 ? len + one(b) : len;

		if (len == 255)
			said = len = 20000; /* more than is wanted, see below */
		put_name(b, name);
		memcpy(head, name, strlen(name) < 100 ? strlen(name) : 100);
		if (strlen(name) > 100)
			memcpy(head + 345, name + 100,
				strlen(name) - 100 < 155 ? strlen(name) - 100 : 155);
		snprintf(head + 100, 8, "%07o", 0644);
		snprintf(head + 108, 8, "%07o", 0);
		snprintf(head + 116, 8, "%07o", 0);
		snprintf(head + 124, 12, "%011zo", said);
		snprintf(head + 136, 12, "%08o", how * 0x1000000u);
		head[156] = types[one(b) % (sizeof(types) - 1)];
		if (head[156] == '1' || head[156] == '2') {
			put_name(b, name);
			memcpy(head + 157, name, strlen(name) < 100 ? strlen(name) : 100);
		}
		memcpy(head + 257, how & 2 ? "ustar  \0" : "ustar\00000", 8);
		memset(head + 148, ' ', 8);
		for (size_t k = 0; k < sizeof(head); k++)
			sum += (unsigned char)head[k];
		snprintf(head + 148, 8, "%06o", sum & 0777777);
		put_bytes(p, head, sizeof(head));
		for (unsigned k = 0; k < (len + 511) / 512 * 512; k++)
			p->bytes[p->used++] = (char)(k < len ? one(b) : 0);
	}
	memset(p->bytes + p->used, 0, 1024);
	p->used += 1024;
}

static size_t pack(struct bytes_left *b, char *bytes)
{
	struct packed p = { bytes, 0 };
	unsigned how = one(b), damage = one(b) % 8;

	if (how & 1)
		pack_zip(b, &p);
	else
		pack_tar(b, &p);
	for (; p.used > 0 && damage > 4; damage--) {
		size_t where = (one(b) << 8 | one(b)) % p.used;

		bytes[where] = (char)(bytes[where] ^ (1 + one(b)));
	}
	return p.used;
}

/* ---- reading ------------------------------------------------------------- */

static char *read_frames(const uint8_t *data, size_t size, const struct archive_limits *limits,
                         const struct archive_reader *reader)
{
	int fd = memfd_create("frames", MFD_CLOEXEC);
	char *words;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	words = archive_receive(fd, limits, reader, now_ms() + 60000);
	close(fd);
	return words;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char packed[PACKED_MAX];
	struct bytes_left b = { data, size };
	struct archive_limits small = archive_of_one;
	struct intake in;
	struct archive_reader reader = { wants, take, &in };
	char *words, sum[SHA256_TEXT];
	unsigned mode = one(&b);

	small.entries = 200;
	small.entry = 1 << 14;
	small.unpacked = 1 << 22;
	intake_begin(&in, &table);
	if (mode % 4 == 0)
		words = archive_read_memory(b.at, b.left, &small, &reader);
	else if (mode % 4 == 1)
		words = read_frames(b.at, b.left, &small, &reader);
	else {
		size = pack(&b, packed);
		words = archive_read_memory(packed, size, &small, &reader);
	}
	if (words)
		intake_unread(&in, "", words);
	free(words);
	intake_end(&in);
	if ((in.source[0].status == SOURCE_TAKEN) != (in.source[0].data != NULL))
		abort();
	intake_sum(&in, sum);
	intake_free(&in);
	return 0;
}
