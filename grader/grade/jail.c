#include "grade/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/watch.h"

/* ---- what is in the box -------------------------------------------------- */

const char *jail_own(struct jail *jail, char *text)
{
	if (jail->owned_count == JAIL_ARGS)
		die(3, "too many arguments for bwrap");
	return jail->owned[jail->owned_count++] = need(text);
}

void jail_add(struct jail *jail, ...)
{
	const char *word;
	va_list list;

	va_start(list, jail);
	while ((word = va_arg(list, const char *))) {
		if (jail->args == JAIL_ARGS)
			die(3, "too many arguments for bwrap");
		jail->argv[jail->args++] = word;
	}
	va_end(list);
	jail->argv[jail->args] = NULL;
}

/* /bin and the like: links into /usr, or folders of their own on older systems. */
static void show_system(struct jail *jail)
{
	static const char *const folders[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64" };
	static const char *const files[] = {
		"/etc/alternatives", "/etc/ld.so.cache", "/etc/services", "/etc/protocols",
		"/etc/localtime"
	};
	char target[256];

	jail_add(jail, "--ro-bind", "/usr", "/usr", NULL);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		ssize_t n = readlink(folders[i], target, sizeof(target) - 1);

		if (n > 0) {
			target[n] = '\0';
			jail_add(jail, "--symlink", jail_own(jail, strdup(target)), folders[i],
			         NULL);
		} else if (access(folders[i], F_OK) == 0) {
			jail_add(jail, "--ro-bind", folders[i], folders[i], NULL);
		}
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (access(files[i], F_OK) == 0)
			jail_add(jail, "--ro-bind", files[i], files[i], NULL);
}

void jail_begin(struct jail *jail, unsigned long tmp_bytes)
{
	memset(jail, 0, sizeof(*jail));
	jail->uid = (uid_t)-1;
	jail_add(jail, "bwrap", "--unshare-user", "--unshare-ipc", "--unshare-pid",
	         "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
	         "--die-with-parent", "--new-session", "--clearenv", NULL);
	jail_add(jail, "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin",
	         "--setenv", "HOME", "/tmp", "--setenv", "LC_ALL", "C.UTF-8", NULL);
	show_system(jail);
	jail_add(jail, "--dev", "/dev", "--remount-ro", "/dev", "--size",
	         jail_own(jail, text_format("%lu", tmp_bytes)), "--tmpfs", "/tmp", NULL);
}

int jail_show(struct jail *jail, const char *path, const char *perms, const void *bytes,
              size_t len)
{
	const char *p = bytes;
	int fd = memfd_create("shown", MFD_CLOEXEC), high;

	if (fd < 0)
		return -1;
	/* Out of the way of the numbers that streams use. */
	high = fcntl(fd, F_DUPFD_CLOEXEC, 20);
	close(fd);
	if (high < 0)
		return -1;
	while (len > 0) {
		ssize_t n = write(high, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(high);
			return -1;
		}
		p += n;
		len -= (size_t)n;
	}
	lseek(high, 0, SEEK_SET);
	jail->give[jail->gives++] = high;
	jail_add(jail, "--perms", perms, "--file",
	         jail_own(jail, text_format("%d", high)), path, NULL);
	return 0;
}

int jail_listen(struct jail *jail, int fd, size_t max,
                void (*take)(void *, const char *, size_t), void *context)
{
	jail->stream[jail->streams] = (struct jail_stream){
		.fd = fd, .max = max, .take = take, .context = context
	};
	return jail->streams++;
}

void jail_free(struct jail *jail)
{
	for (int i = 0; i < jail->gives; i++)
		close(jail->give[i]);
	for (int i = 0; i < jail->owned_count; i++)
		free(jail->owned[i]);
	for (int i = 0; i < jail->streams; i++)
		free(jail->stream[i].kept);
	memset(jail, 0, sizeof(*jail));
}

/* ---- becoming bwrap ------------------------------------------------------ */

static void limit(int what, unsigned long most)
{
	struct rlimit r = { most, most };

	setrlimit((__rlimit_resource_t)what, &r);
}

static _Noreturn void become_bwrap(const struct jail *jail, int failed, const int *writers,
                                   pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), copy[JAIL_STREAMS];
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < jail->streams; i++)
		copy[i] = fcntl(writers[i], F_DUPFD_CLOEXEC, 200);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	for (int i = 0; i < jail->streams; i++)
		dup2(copy[i], jail->stream[i].fd);
	/* What the box must not inherit closes on exec; what it must, stays. */
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	for (int i = 0; i < jail->streams; i++)
		fcntl(jail->stream[i].fd, F_SETFD, 0);
	for (int i = 0; i < jail->gives; i++)
		fcntl(jail->give[i], F_SETFD, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, jail->cpu);
	limit(RLIMIT_FSIZE, jail->fsize);
	limit(RLIMIT_NOFILE, 256);
	if (jail->space > 0)
		limit(RLIMIT_AS, jail->space);
	/* As root: a user of nobody's, so that limits bind (RLIMIT_NPROC does not bind
	 * root) and no capability is there to be won back. */
	if (jail->uid != (uid_t)-1 &&
	    (setgroups(0, NULL) < 0 || setresgid(jail->uid, jail->uid, jail->uid) < 0 ||
	     setresuid(jail->uid, jail->uid, jail->uid) < 0))
		goto fail;
	/* Changing the user clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(022);
	execvp(jail->argv[0], (char *const *)(uintptr_t)jail->argv);
fail:
	if (write(failed, &errno, sizeof(errno)) < 0)
		_exit(126);
	_exit(127);
}

/* ---- watching ------------------------------------------------------------ */

static void stream_take(struct jail_stream *s, const char *bytes, size_t len)
{
	size_t room = s->max > s->len ? s->max - s->len : 0, n = len < room ? len : room;

	s->cut = s->cut || len > room;
	if (s->take && n > 0) {
		s->take(s->context, bytes, n);
	} else if (n > 0) {
		s->kept = need(realloc(s->kept, s->len + n + 1));
		memcpy(s->kept + s->len, bytes, n);
		s->kept[s->len + n] = '\0';
	}
	s->len += n;
}

enum { TICK_MS = 50, FLOOD = 64 };

/* Reads what is there on FD. False: it has ended. */
static bool drain(struct jail_stream *s, int fd, uint64_t *dropped)
{
	char bytes[65536];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (s->len >= s->max)
		*dropped += (uint64_t)n;
	if (n > 0)
		stream_take(s, bytes, (size_t)n);
	return n > 0;
}

static void watch(struct jail *jail, pid_t pid, int pidfd, int *readers, struct jail_end *end)
{
	int64_t deadline = now_ms() + jail->wall_ms, next_look = now_ms() + TICK_MS;
	uint64_t dropped = 0;
	struct pollfd fds[JAIL_STREAMS + 1];

	for (;;) {
		int64_t now = now_ms(), until = deadline;

		if (now >= deadline) {
			end->late = true;
			return;
		}
		if (dropped > FLOOD << 20) {
			end->flooded = true;
			return;
		}
		if (jail->memory > 0) {
			if (now >= next_look) {
				end->hungry += watch_memory(pid, jail->memory);
				next_look = now_ms() + TICK_MS;
			}
			until = next_look < deadline ? next_look : deadline;
		}
		for (int i = 0; i < jail->streams; i++)
			fds[i] = (struct pollfd){ .fd = readers[i], .events = POLLIN };
		fds[jail->streams] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
		if (poll(fds, (nfds_t)jail->streams + 1,
		         until > now ? (int)(until - now) : 0) <= 0)
			continue;
		for (int i = 0; i < jail->streams; i++) {
			if (fds[i].revents && !drain(&jail->stream[i], readers[i], &dropped)) {
				close(readers[i]);
				readers[i] = -1;
			}
		}
		if (fds[jail->streams].revents)
			return;
	}
}

/* Ends the box and waits until nothing of it is left: the init of its PID namespace
 * is reaped only when every process inside is gone. */
static void end_all(pid_t pid, struct jail_end *end)
{
	bool seen = false;
	int status;
	pid_t got;

	kill(pid, SIGKILL);
	for (;;) {
		got = waitpid(-1, &status, __WALL);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		if (got == pid && !seen) {
			end->status = status;
			seen = true;
		}
	}
}

static double cpu_of_children(void)
{
	struct rusage r;

	getrusage(RUSAGE_CHILDREN, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static struct jail_end not_started(const char *what)
{
	struct jail_end end = { .started = false };

	snprintf(end.words, sizeof(end.words), "%s: %s", what, strerror(errno));
	return end;
}

struct jail_end jail_run(struct jail *jail)
{
	struct jail_end end = { .started = true };
	int readers[JAIL_STREAMS], writers[JAIL_STREAMS], failed[2], pidfd, error;
	double before = cpu_of_children();
	uint64_t ignored = 0;
	pid_t parent = getpid(), pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(failed, O_CLOEXEC) < 0)
		return not_started("pipe");
	for (int i = 0; i < jail->streams; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) < 0)
			die_errno(3, "pipe");
		readers[i] = ends[0];
		writers[i] = ends[1];
		fcntl(readers[i], F_SETFL, O_NONBLOCK);
	}
	for (int i = 0; i < jail->gives; i++)
		lseek(jail->give[i], 0, SEEK_SET);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_bwrap(jail, failed[1], writers, parent);
	close(failed[1]);
	for (int i = 0; i < jail->streams; i++)
		close(writers[i]);
	if (pid < 0)
		end = not_started("fork");
	else if (read(failed[0], &error, sizeof(error)) == sizeof(error)) {
		errno = error;
		end = not_started("bwrap");
		end_all(pid, &end);
	} else {
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		watch(jail, pid, pidfd, readers, &end);
		end_all(pid, &end);
		close(pidfd);
	}
	close(failed[0]);
	for (int i = 0; i < jail->streams; i++) {
		/* What was written before the end is still in the pipe, and no more. */
		while (readers[i] >= 0 && ignored < FLOOD << 20 &&
		       drain(&jail->stream[i], readers[i], &ignored)) {
			struct pollfd more = { .fd = readers[i], .events = POLLIN };

			if (poll(&more, 1, 0) <= 0)
				break;
		}
		if (readers[i] >= 0)
			close(readers[i]);
	}
	end.cpu = cpu_of_children() - before;
	return end;
}
