#include "grade/intake/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <grp.h>
#include <unistd.h>

#include "common/text.h"

enum { MIB = 1 << 20 };

const struct archive_limits archive_of_one = {
	.file = 64LL * MIB, .unpacked = 512LL * MIB, .entry = 16LL * MIB,
	.entries = 20000, .ms = 10000
};
const struct archive_limits archive_of_class = {
	.file = 4096LL * MIB, .unpacked = 8192LL * MIB, .entry = 64LL * MIB,
	.entries = 200000, .ms = 120000
};

/* ---- reading, in whichever process --------------------------------------- */

/* What was found goes here: to the caller directly, or into the pipe. */
struct sink {
	void (*put)(struct sink *sink, char type, const char *path, const void *data,
	            size_t len);
	long long when;         /* of the entry that is put, seconds of 1970 */
	const struct archive_reader *reader;
	int fd;
};

/* `E`: the end, all is well. `X`: refused as a whole, DATA says why. `D`: an entry
 * and its bytes. `R`: an entry, DATA says why there are none. `O`: another entry. */

static char *entry_path(struct archive_entry *entry)
{
	const char *raw = archive_entry_pathname(entry);
	char *path;

	if (!raw)
		raw = archive_entry_pathname_utf8(entry);
	path = need(strdup(raw ? raw : "a name that cannot be read"));
	/* Some programs on Windows write it so; a slash it means in any case. */
	for (char *p = path; *p; p++)
		if (*p == '\\')
			*p = '/';
	return path;
}

static const char *entry_refused(struct archive_entry *entry, long long max)
{
	if (archive_entry_hardlink(entry))
		return "it is a hard link";
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		break;
	case AE_IFLNK:
		return "it is a symbolic link";
	case AE_IFDIR:
		return "it is a folder";
	case AE_IFIFO:
		return "it is a FIFO";
	case AE_IFCHR:
	case AE_IFBLK:
		return "it is a device";
	default:
		return "it is no regular file";
	}
	if (archive_entry_is_data_encrypted(entry))
		return "it is encrypted; ask for a copy without a password";
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > max)
		return "it is too large";
	return NULL;
}

/* Whether so much came out of so little (SIZE bytes) that it is meant to hurt. A format
 * that compresses by itself, as zip and 7z do, tells it by what it declares only. */
static bool is_bomb(struct archive *a, long long declared, int count, long long size,
                    long long limit)
{
	long long out = archive_filter_bytes(a, 0);

	if (out < declared)
		out = declared;
	if (out > limit)
		return true;
	/* No honest entry is described in less than 4 bytes, however alike they are. */
	return size > 0 && ((out > 32LL * MIB && out / size > 200) ||
	                    (count > 5000 && size / count < 4));
}

static char *read_entries(struct archive *a, const struct archive_limits *limits,
                          long long size, struct sink *sink)
{
	char *data = need(malloc((size_t)limits->entry + 1));
	long long declared = 0;
	char *words = NULL;
	int count = 0;

	while (!words) {
		struct archive_entry *entry;
		int status = archive_read_next_header(a, &entry);
		const char *refused;
		size_t len = 0;
		ssize_t n = 0;
		char *path;

		if (status == ARCHIVE_EOF)
			break;
		if (status == ARCHIVE_RETRY && ++count <= limits->entries)
			continue;
		if (status < ARCHIVE_WARN) {
			const char *why = archive_error_string(a);
			bool locked = why && strstr(why, "encrypted");

			words = text_format("the archive cannot be read: %s; ask for %s",
			                    why ? why : "damaged",
			                    locked ? "one without a password" : "a zip");
			break;
		}
		if (++count > limits->entries) {
			words = text_format("an archive bomb: more than %d entries",
			                    limits->entries);
			break;
		}
		if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0)
			declared += archive_entry_size(entry) < limits->unpacked + 1
			                    ? archive_entry_size(entry) : limits->unpacked + 1;
		if (is_bomb(a, declared, count, size, limits->unpacked)) {
			words = text_format("an archive bomb: it unpacks to far more than it is");
			break;
		}
		path = entry_path(entry);
		refused = entry_refused(entry, limits->entry);
		sink->when = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry) : 0;
		if (!sink->reader->wants(sink->reader->context, path)) {
			sink->put(sink, 'O', path, NULL, 0);
			free(path);
			continue;
		}
		while (!refused && len < (size_t)limits->entry + 1) {
			n = archive_read_data(a, data + len, (size_t)limits->entry + 1 - len);
			if (n <= 0)
				break;
			len += (size_t)n;
		}
		if (n < 0) {
			const char *why = archive_error_string(a);

			words = text_format("the archive is damaged: %s", why ? why : "?");
		} else if (refused || len > (size_t)limits->entry) {
			refused = refused ? refused : "it is too large";
			sink->put(sink, 'R', path, refused, strlen(refused));
		} else {
			sink->put(sink, 'D', path, data, len);
		}
		free(path);
	}
	free(data);
	return words;
}

/* Only formats a student may hand in, and only decoders inside the library. */
static struct archive *new_reader(void)
{
	struct archive *a = need(archive_read_new());

	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	return a;
}

static char *refused_open(struct archive *a, const char *head)
{
	const char *why = archive_error_string(a);

	if (strncmp(head, "Rar!", 4) == 0)
		return need(strdup("a RAR archive, which is not opened here; unpack it "
		                   "(unrar x FILE) or ask for a zip"));
	return text_format("not a zip, tar or 7z archive that can be read (%s); unpack it by "
	                   "hand or ask for a zip", why ? why : "?");
}

static void hand_over(struct sink *sink, char type, const char *path, const void *data,
                      size_t len)
{
	const struct archive_reader *r = sink->reader;
	char *reason = type == 'R' ? need(strndup(data, len)) : NULL;

	r->take(r->context, path, type == 'D' ? data : NULL, type == 'D' ? len : 0, reason,
	        sink->when);
	free(reason);
}

char *archive_read_memory(const void *bytes, size_t len, const struct archive_limits *limits,
                          const struct archive_reader *reader)
{
	struct sink sink = { .put = hand_over, .reader = reader, .fd = -1 };
	struct archive *a = new_reader();
	char *words, head[5] = "";

	memcpy(head, bytes, len < 4 ? len : 4);
	if (archive_read_open_memory(a, bytes, len) != ARCHIVE_OK)
		words = refused_open(a, head);
	else
		words = read_entries(a, limits, (long long)len, &sink);
	archive_read_free(a);
	return words;
}

/* ---- the reading process ------------------------------------------------- */

/* A frame: type, length of the path, length of the data, the path, the data. */
struct head {
	uint32_t type, path;
	uint64_t data;
	int64_t when;
};

static void write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		p += n;
		len -= (size_t)n;
	}
}

static void send_frame(struct sink *sink, char type, const char *path, const void *data,
                       size_t len)
{
	struct head head = { (uint32_t)type, (uint32_t)strlen(path), len,
	                     sink->when };

	write_all(sink->fd, &head, sizeof(head));
	write_all(sink->fd, path, head.path);
	write_all(sink->fd, data, len);
}

static void limit(int what, unsigned long long most)
{
	struct rlimit r = { (rlim_t)most, (rlim_t)most };

	setrlimit((__rlimit_resource_t)what, &r);
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* From here on only memory and the descriptors that are open: whatever an archive makes of
 * its reader, it opens, connects and starts nothing. seccomp(2) */
static void confine(void)
{
#ifdef ARCHITECTURE
	static const unsigned short allowed[] = {
		SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_lseek, SYS_fstat,
		SYS_newfstatat, SYS_close, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect,
		SYS_madvise, SYS_brk, SYS_futex, SYS_getrandom, SYS_clock_gettime,
		SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sched_yield,
		SYS_gettid, SYS_getpid, SYS_exit, SYS_exit_group
	};
	enum { COUNT = sizeof(allowed) / sizeof(allowed[0]) };
	struct sock_filter code[2 * COUNT + 5] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { .filter = code };
	int n = 4;

	for (int i = 0; i < COUNT; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i],
		                                         0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	program.len = (unsigned short)n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(1);
#endif
}

static _Noreturn void be_reader(int fd, int out, uid_t uid,
                                const struct archive_limits *limits,
                                const struct archive_reader *reader)
{
	struct sink sink = { .put = send_frame, .reader = reader, .fd = 4 };
	struct archive *a;
	char *words, head[5] = "";
	struct stat st = { .st_size = 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* High first, so that neither lands on the other. */
	fd = fcntl(fd, F_DUPFD, 100);
	out = fcntl(out, F_DUPFD, 100);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);            /* nothing of the caller's stays open */
	dup2(fd, 3);
	dup2(out, sink.fd);
	close_range((unsigned)sink.fd + 1, ~0u, 0);
	if (uid != (uid_t)-1 &&
	    (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
	     setresuid(uid, uid, uid) < 0))
		_exit(1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef __SANITIZE_ADDRESS__ /* which reserves terabytes */
	limit(RLIMIT_AS, 1024ull * MIB);
#endif
	limit(RLIMIT_CPU, (unsigned long long)(limits->ms + 999) / 1000);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_CORE, 0);
	setlocale(LC_CTYPE, "C.UTF-8");
	a = new_reader();
	if (fstat(3, &st) < 0 || pread(3, head, 4, 0) < 0)
		*head = '\0';
	confine();
	if (archive_read_open_fd(a, 3, 65536) != ARCHIVE_OK)
		words = refused_open(a, head);
	else
		words = read_entries(a, limits, st.st_size, &sink);
	send_frame(&sink, words ? 'X' : 'E', "", words, words ? strlen(words) : 0);
	_exit(0);
}

/* Reads exactly LEN bytes before DEADLINE. */
static bool read_exactly(int fd, void *bytes, size_t len, int64_t deadline)
{
	char *p = bytes;

	while (len > 0) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - now_ms();
		ssize_t n;

		if (left <= 0 || poll(&ready, 1, (int)left) == 0)
			return false;
		n = read(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

enum { PATH_LONGEST = 64 * 1024, WORDS_LONGEST = 4096 };

char *archive_receive(int fd, const struct archive_limits *limits,
                      const struct archive_reader *reader, int64_t deadline)
{
	struct sink sink = { .put = hand_over, .reader = reader, .fd = -1 };
	char *path = need(malloc(PATH_LONGEST + 1));
	size_t longest = (size_t)limits->entry > WORDS_LONGEST ? (size_t)limits->entry
	                                                       : WORDS_LONGEST;
	char *data = need(malloc(longest + 1));
	char *words = NULL;
	struct head head = { 0, 0, 0, 0 };
	bool whole;

	while ((whole = read_exactly(fd, &head, sizeof(head), deadline))) {
		if (head.path > PATH_LONGEST || head.data > longest ||
		    !read_exactly(fd, path, head.path, deadline) ||
		    !read_exactly(fd, data, (size_t)head.data, deadline)) {
			whole = false;
			break;
		}
		path[head.path] = '\0';
		data[head.data] = '\0';
		if (head.type == 'E' || head.type == 'X')
			break;
		sink.when = head.when;
		hand_over(&sink, (char)head.type, path, data, (size_t)head.data);
	}
	if (!whole)
		words = need(strdup(now_ms() >= deadline
			? "an archive bomb: reading it takes too long"
			: "the archive cannot be read (its reader was ended)"));
	else if (head.type == 'X')
		words = need(strdup(data));
	free(path);
	free(data);
	return words;
}

static int ms_of(const struct rusage *r)
{
	return (int)((r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1000 +
	             (r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1000);
}

char *archive_read(int fd, uid_t uid, struct archive_limits *limits,
                   const struct archive_reader *reader)
{
	int64_t began = now_ms(), deadline = began + 3LL * limits->ms;
	struct rusage used;
	int took;
	struct stat st;
	int ends[2], status;
	char *words;
	pid_t pid;

	if (fstat(fd, &st) == 0 && st.st_size > limits->file)
		return text_format("the archive is larger than %lld MiB", limits->file / MIB);
	if (limits->ms <= 0 || limits->entries <= 0)
		return need(strdup("its archives together take too long to read"));
	if (pipe2(ends, O_CLOEXEC) < 0)
		return text_format("harness: pipe: %s", strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return text_format("harness: fork: %s", strerror(errno));
	}
	if (pid == 0)
		be_reader(fd, ends[1], uid, limits, reader);
	close(ends[1]);
	words = archive_receive(ends[0], limits, reader, deadline);
	close(ends[0]);
	kill(pid, SIGKILL);
	while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	/* Its waiting for a reader that sleeps is no work: a third of the wall clock. */
	took = (int)(now_ms() - began) / 3;
	limits->ms -= ms_of(&used) > took ? ms_of(&used) : took;
	if (words && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
		free(words);
		words = need(strdup("an archive bomb: reading it takes too long"));
	}
	return words;
}
