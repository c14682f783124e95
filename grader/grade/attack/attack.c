/*
 * attack NAME [ARGUMENT]...: tries one thing that a student's program must not be able
 * to do, from the place where such a program runs. Prints one line: "held: ..." if it
 * could not, "broken: ..." if it could. Ended from outside it prints nothing, which for
 * some attacks is the point.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024UL * 1024)

static void verdict(const char *word, const char *format, va_list args)
{
	char line[256];
	int n = snprintf(line, sizeof(line), "%s: ", word);

	vsnprintf(line + n, sizeof(line) - (size_t)n, format, args);
	puts(line);
	fflush(stdout);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void held(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verdict("held", format, args);
	va_end(args);
	_exit(0);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void broken(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verdict("broken", format, args);
	va_end(args);
	_exit(0);
}

/* ---- reaching out -------------------------------------------------------- */

/* PORT: where the doctor listens, outside. */
static void network(char **args)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_port = htons((uint16_t)atoi(args[0]));
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	if (connect(fd, (void *)&to, sizeof(to)) == 0)
		broken("connected to the machine's loopback");
	inet_pton(AF_INET, "192.0.2.1", &to.sin_addr);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (void *)&to, sizeof(to)) == 0 || errno == EINPROGRESS)
		broken("a way out of the machine");
	held("%s", strerror(errno));
}

/* NAME: of the doctor's abstract socket, outside. */
static void abstract(char **args)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t len = strlen(args[0]);

	memcpy(to.sun_path + 1, args[0], len);
	if (connect(fd, (void *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	                                         len)) == 0)
		broken("connected to the machine's abstract socket");
	held("%s", strerror(errno));
}

/* ---- files --------------------------------------------------------------- */

/* PATH...: none of them may be there. */
static void read_secrets(char **args)
{
	for (; *args; args++)
		if (access(*args, F_OK) == 0)
			broken("%s is there", *args);
	held("no suite, no solution, no file of the machine's");
}

static void write_outside(char **args)
{
	static const char *const places[] = {
		"/x", "/usr/x", "/etc/x", "/dev/x", "/dev/shm/x", "/lab/x", "/srv/x", "/var/tmp/x",
		"/run/x", "/home/x", "/proc/sys/kernel/hostname"
	};

	(void)args;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (open(places[i], O_WRONLY | O_CREAT, 0600) >= 0)
			broken("%s can be written", places[i]);
	held("only its own /tmp can be written");
}

static void one_file(char **args)
{
	static char block[MIB];
	int fd = open("/tmp/big", O_WRONLY | O_CREAT, 0600);

	(void)args;
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < 64; i++)
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			held("%d MiB: %s", i, strerror(errno));
	broken("64 MiB in one file");
}

static void disk(char **args)
{
	static char block[MIB];
	unsigned long total = 0;
	char path[64];

	(void)args;
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < 64; i++) {
		ssize_t n;
		int fd;

		snprintf(path, sizeof(path), "/tmp/%d", i);
		fd = open(path, O_WRONLY | O_CREAT, 0600);
		n = write(fd, block, sizeof(block));
		if (n < (ssize_t)sizeof(block))
			held("%lu MiB in all: %s", total, strerror(errno));
		total++;
		close(fd);
	}
	broken("64 MiB in many files");
}

static void small_files(char **args)
{
	char path[64];

	(void)args;
	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/tmp/%d", i);
		int fd = open(path, O_WRONLY | O_CREAT, 0600);

		if (fd < 0)
			held("%d files: %s", i, strerror(errno));
		close(fd);
	}
	broken("20000 files");
}

/* ---- processes ----------------------------------------------------------- */

static void fork_bomb(char **args)
{
	int count = 0;

	(void)args;
	for (; count < 4000; count++) {
		pid_t pid = fork();

		if (pid < 0)
			held("%d processes: %s", count, strerror(errno));
		if (pid == 0)
			pause();
	}
	broken("%d processes", count);
}

static void see_processes(char **args)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	(void)args;
	while (proc && (entry = readdir(proc)))
		if (entry->d_name[0] > '0' && entry->d_name[0] <= '9')
			count++;
	kill(-1, SIGKILL);
	if (count > 2)
		broken("sees %d processes", count);
	held("sees %d processes, and kill(-1) reaches no other", count);
}

static void stop_parent(char **args)
{
	(void)args;
	if (kill(getppid(), SIGSTOP) == 0 && getppid() > 1)
		broken("stopped its parent");
	if (ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0)
		broken("attached to its parent");
	held("its parent is the cell's init, which takes no signal; ptrace: %s",
	     strerror(errno));
}

static void descriptors(char **args)
{
	DIR *own = opendir("/proc/self/fd");
	struct dirent *entry;

	(void)args;
	while (own && (entry = readdir(own))) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && fd > 2 && fd != dirfd(own))
			broken("descriptor %d is open", fd);
	}
	if (!own)
		broken("cannot look");
	if (open("/proc/1/fd/3", O_RDWR) >= 0 || open("/proc/1/mem", O_RDWR) >= 0)
		broken("opened its parent's files");
	held("0, 1 and 2, and its parent's cannot be opened");
}

/* Leaves somebody behind; the doctor looks whether it lives. */
static void stay(char **args)
{
	(void)args;
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int s = 1; s < 64; s++)
				signal(s, SIG_IGN);
			pause();
		}
		_exit(0);
	}
	printf("left\n");
}

/* ---- memory, time, output ------------------------------------------------ */

static void memory(char **args)
{
	unsigned long got = 0;
	char *block;

	(void)args;
	while (got < 2048 && (block = malloc(16 * MIB))) {
		memset(block, 1, 16 * MIB);
		got += 16;
	}
	if (got < 2048)
		held("%lu MiB in one process: %s", got, strerror(errno));
	broken("%lu MiB in one process", got);
}

/* Three processes of 500 MiB each, which hold it until somebody ends one of them. */
static void memory_of_many(char **args)
{
	int status;

	(void)args;
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (pid < 0)
			held("fork: %s", strerror(errno));
		if (pid == 0) {
			char *block = mmap(NULL, 500 * MIB, PROT_READ | PROT_WRITE,
			                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (block == MAP_FAILED)
				_exit(1);
			memset(block, 1, 500 * MIB);
			for (;;)
				pause();
		}
	}
	if (wait(&status) > 0 && WIFSIGNALED(status))
		held("one of three processes of 500 MiB was ended");
	held("one of three processes could not have 500 MiB");
}

static void memory_file(char **args)
{
	int fd = (int)syscall(SYS_memfd_create, "x", 0);

	(void)args;
	if (fd < 0)
		held("memfd_create: %s", strerror(errno));
	broken("memory in a file that no limit counts");
}

static void shared_memory(char **args)
{
	(void)args;
	/* What remains of it must go with the cell; the doctor counts outside. */
	if (syscall(SYS_shmget, 0x5a5a, 4096UL, 01600) >= 0)
		held("made a segment in the cell's own IPC namespace");
	held("shmget: %s", strerror(errno));
}

static void spin(char **args)
{
	(void)args;
	for (volatile unsigned long n = 0;; n++)
		;
}

static void flood(char **args)
{
	(void)args;
	for (;;)
		puts("All work and no play makes Jack a dull boy.");
}

static void processor(char **args)
{
	struct rlimit r;

	(void)args;
	if (getrlimit(RLIMIT_CPU, &r) < 0 || r.rlim_max == RLIM_INFINITY || r.rlim_max > 60)
		broken("no limit on its CPU time");
	held("%lu seconds of CPU a process", (unsigned long)r.rlim_max);
}

/* ---- privileges ---------------------------------------------------------- */

static void namespaces(char **args)
{
	(void)args;
	if (unshare(CLONE_NEWUSER) == 0)
		broken("made a user namespace");
	if (syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0)
		broken("cloned into a user namespace");
	held("unshare, clone: %s", strerror(errno));
}

static void terminal(char **args)
{
	char c = 'x';
	int tty = open("/dev/tty", O_RDWR);

	(void)args;
	for (int fd = 0; fd < 3; fd++)
		if (ioctl(fd, TIOCSTI, &c) == 0)
			broken("typed into descriptor %d", fd);
	if (tty >= 0 && ioctl(tty, TIOCSTI, &c) == 0)
		broken("typed into /dev/tty");
	held("TIOCSTI: %s", strerror(errno));
}

static void core(char **args)
{
	struct rlimit r;

	(void)args;
	if (getrlimit(RLIMIT_CORE, &r) < 0 || r.rlim_max > 0)
		broken("a core dump of %lu bytes", (unsigned long)r.rlim_max);
	held("no core dumps");
}

static void privileges(char **args)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "r");

	(void)args;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		broken("set-user-ID programs work");
	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "Cap", 3) == 0 && strtoull(line + 8, NULL, 16) != 0)
			broken("has capabilities: %.20s", line);
	if (!status)
		broken("cannot look");
	if (getuid() == 0)
		broken("it is root");
	held("no capability, no_new_privs, not root");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(char **args);
		int args;
	} attacks[] = {
		{ "network", network, 1 }, { "abstract", abstract, 1 },
		{ "secrets", read_secrets, 1 }, { "outside", write_outside, 0 },
		{ "file", one_file, 0 }, { "disk", disk, 0 }, { "files", small_files, 0 },
		{ "forks", fork_bomb, 0 }, { "others", see_processes, 0 },
		{ "parent", stop_parent, 0 }, { "descriptors", descriptors, 0 },
		{ "daemon", stay, 0 }, { "memory", memory, 0 }, { "memories", memory_of_many, 0 },
		{ "memfd", memory_file, 0 }, { "ipc", shared_memory, 0 }, { "wall", spin, 0 },
		{ "output", flood, 0 }, { "cpu", processor, 0 }, { "namespaces", namespaces, 0 },
		{ "terminal", terminal, 0 }, { "core", core, 0 }, { "privileges", privileges, 0 }
	};

	for (size_t i = 0; argc > 1 && i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		if (strcmp(argv[1], attacks[i].name) == 0 && argc - 2 >= attacks[i].args) {
			attacks[i].run(argv + 2);
			return 0;
		}
	}
	fprintf(stderr, "usage: attack NAME [ARGUMENT]...\n");
	return 64;
}
