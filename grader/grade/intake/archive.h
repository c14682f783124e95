/* Archives, read by libarchive in a process of its own that may read nothing but
 * the archive, write nothing but a pipe, and is ended when it takes too long. */
#ifndef GRADE_INTAKE_ARCHIVE_H
#define GRADE_INTAKE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct archive_limits {
	long long file;         /* bytes of the archive */
	long long unpacked;     /* bytes it says it unpacks to, or does */
	long long entry;        /* bytes of one entry that is wanted */
	int entries;
	int ms;                 /* of CPU; three times that of wall clock */
};

/* For one submission and for the download of a whole class. */
extern const struct archive_limits archive_of_one, archive_of_class;

struct archive_reader {
	/* Is the entry at PATH wanted? Called in the reading process. */
	bool (*wants)(void *context, const char *path);
	/* An entry that was wanted: its bytes, or why there are none (REASON is not
	 * NULL). Entries that are not wanted come with DATA and REASON NULL. WHEN: its
	 * time as the archive has it, seconds of 1970, or 0. */
	void (*take)(void *context, const char *path, const char *data, size_t len,
	             const char *reason, long long when);
	void *context;
};

/* Reads the archive open at FD. UID: as root, the user the reading process
 * becomes; -1 keeps the caller's. What it took is taken off LIMITS, so that many archives
 * of one submission have no more together than one alone. Returns NULL, or words for why
 * the archive as a whole is refused; the caller frees them. */
char *archive_read(int fd, uid_t uid, struct archive_limits *limits,
                   const struct archive_reader *reader);

/* For the fuzzer: the same without a process, from memory. */
char *archive_read_memory(const void *bytes, size_t len, const struct archive_limits *limits,
                          const struct archive_reader *reader);

/* For the fuzzer: what the grader makes of the words that the reading process sends
 * through FD. They are as untrusted as the archive, which may have taken that process
 * over. DEADLINE: in milliseconds, as of now_ms(). Returns as archive_read does. */
char *archive_receive(int fd, const struct archive_limits *limits,
                      const struct archive_reader *reader, int64_t deadline);

#endif
