#include "launch/cell.h"

#include "launch/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEGABYTE (1024UL * 1024)

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(text), wrote;

	if (fd < 0)
		return -1;
	wrote = write(fd, text, (size_t)length);
	close(fd);
	return wrote == length ? 0 : -1;
}

int map_own_ids(uid_t uid, gid_t gid)
{
	char line[64];

	/* Refused once the groups are given up already; then it is not needed. */
	write_text("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "%u %u 1\n", uid, uid);
	if (write_text("/proc/self/uid_map", line) < 0)
		return -1;
	snprintf(line, sizeof(line), "%u %u 1\n", gid, gid);
	return write_text("/proc/self/gid_map", line);
}

/* -------------------------------------------------------------------- the root */

/* Mounts SOURCE on TARGET, read-only unless WRITABLE. */
static int show(const char *source, const char *target, bool writable)
{
	struct statvfs stat;
	unsigned long flags = MS_BIND | MS_REMOUNT | MS_NOSUID;

	if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	if (writable)
		return 0;
	/* What a mount forbids already must be forbidden again, or the kernel
	 * refuses: mount_namespaces(7), locked flags. */
	if (statvfs(target, &stat) < 0)
		return -1;
	flags |= MS_RDONLY;
	flags |= (stat.f_flag & ST_NODEV) ? MS_NODEV : 0;
	flags |= (stat.f_flag & ST_NOEXEC) ? MS_NOEXEC : 0;
	flags |= (stat.f_flag & ST_NOATIME) ? MS_NOATIME : 0;
	flags |= (stat.f_flag & ST_NODIRATIME) ? MS_NODIRATIME : 0;
	flags |= (stat.f_flag & ST_RELATIME) ? MS_RELATIME : 0;
	return mount(NULL, target, NULL, flags, NULL);
}

static int make_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t length = (ssize_t)strlen(text), wrote;

	if (fd < 0)
		return -1;
	wrote = write(fd, text, (size_t)length);
	close(fd);
	return wrote == length ? 0 : -1;
}

/* Shows the machine's file of the same path inside the root; nothing if there is
 * none. */
static int show_file(const char *path, bool writable)
{
	struct stat stat;

	if (lstat(path, &stat) < 0)
		return 0;
	if (make_file(path + 1, "") < 0)
		return -1;
	return show(path, path + 1, writable);
}

/* /usr and what points into it; a folder is shown, a link is laid again. */
static int show_system(void)
{
	static const char *const folders[] = {"/usr", "/bin", "/lib", "/lib64",
	                                      "/lib32", "/sbin"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *path = folders[i];
		char target[256];
		ssize_t got = readlink(path, target, sizeof(target) - 1);
		struct stat stat;

		if (got > 0) {
			target[got] = '\0';
			if (symlink(target, path + 1) < 0)
				return -1;
		} else if (lstat(path, &stat) == 0) {
			if (mkdir(path + 1, 0755) < 0 || show(path, path + 1, false) < 0)
				return -1;
		}
	}
	return 0;
}

static int show_devices(void)
{
	static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full",
	                                      "/dev/random", "/dev/urandom"};

	if (mkdir("dev", 0755) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (show_file(devices[i], true) < 0)
			return -1;
	return symlink("/proc/self/fd", "dev/fd");
}

/* Names are looked up in the check's own hosts file and nowhere else. */
static int make_etc(const char *hosts)
{
	static const char *const files[] = {"/etc/ld.so.cache", "/etc/services",
	                                    "/etc/protocols", "/etc/localtime"};

	if (mkdir("etc", 0755) < 0 ||
	    make_file("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n") < 0 ||
	    make_file("etc/nsswitch.conf", "hosts: files\nservices: files\n"
	              "protocols: files\npasswd: files\ngroup: files\n") < 0 ||
	    make_file("etc/host.conf", "multi on\n") < 0 ||
	    make_file("etc/passwd", "student:x:1000:1000::/tmp:/bin/sh\n") < 0)
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (show_file(files[i], false) < 0)
			return -1;
	return access(hosts, F_OK) == 0 ? show(hosts, "etc/hosts", false) : 0;
}

static int show_program(const struct cell *cell, const char *record)
{
	char path[4096];
	const char *base = strrchr(cell->argv[0], '/');

	base = base ? base + 1 : cell->argv[0];
	snprintf(path, sizeof(path), "lab/%s", base);
	if (mkdir("lab", 0755) < 0 || make_file(path, "") < 0 ||
	    show(cell->argv[0], path, false) < 0)
		return -1;
	if (!cell->preload)
		return 0;
	if (make_file("lab/interpose.so", "") < 0 ||
	    show(cell->preload, "lab/interpose.so", false) < 0 ||
	    make_file("lab/record", "") < 0)
		return -1;
	return show(record, "lab/record", true);
}

static int build_root(const struct cell *cell)
{
	char root[4096], hosts[4096], record[4096];

	snprintf(root, sizeof(root), "%s/%s.root", cell->dir, cell->name);
	snprintf(hosts, sizeof(hosts), "%s/hosts", cell->dir);
	snprintf(record, sizeof(record), "%s/%s.record", cell->dir, cell->name);
	if (mkdir(root, 0755) < 0 && errno != EEXIST)
		return -1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("cell", root, "tmpfs", MS_NOSUID | MS_NODEV,
	          "size=256k,nr_inodes=128,mode=755") < 0 ||
	    chdir(root) < 0)
		return -1;
	if (show_system() < 0 || show_devices() < 0 || make_etc(hosts) < 0 ||
	    show_program(cell, record) < 0)
		return -1;
	if (mkdir("proc", 0755) < 0 || mkdir("tmp", 01777) < 0 ||
	    mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ||
	    mount("tmp", "tmp", "tmpfs", MS_NOSUID | MS_NODEV,
	          "size=4m,nr_inodes=256,mode=1777") < 0)
		return -1;
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0)
		return -1;
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
	          NULL) < 0)
		return -1;
	return chdir("/tmp");
}

/* ----------------------------------------------------------------- the program */

static void limit(int what, rlim_t value)
{
	struct rlimit old;

	if (getrlimit((__rlimit_resource_t)what, &old) == 0 && old.rlim_max < value)
		value = old.rlim_max;
	setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value});
}

static void set_limits(const struct cell *cell)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, 20);
	limit(RLIMIT_FSIZE, 4 * MEGABYTE);
	if (cell->walls)
		limit(RLIMIT_NPROC, 128);       /* counted in this cell alone */
	if (!cell->sanitized)
		limit(RLIMIT_AS, 1024 * MEGABYTE);
	if (cell->descriptors)
		limit(RLIMIT_NOFILE, (rlim_t)cell->descriptors);
}

/* Gives up every capability, for good: capabilities(7). */
static int drop_privileges(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (int cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno == EINVAL)
			break;
	prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
	      SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
	      SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
	      SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, 0, 0, 0);
	return (int)syscall(SYS_capset, &head, none);
}

/* Hands the filter's descriptor over. Not by sendmsg or write: those may be among
 * the calls that now wait for an answer. */
static void send_listener(int to, int listener)
{
	char byte = 'n', control[CMSG_SPACE(sizeof(int))];
	struct iovec data = {&byte, 1};
	struct mmsghdr message;
	struct cmsghdr *head;

	memset(&message, 0, sizeof(message));
	memset(control, 0, sizeof(control));
	message.msg_hdr.msg_iov = &data;
	message.msg_hdr.msg_iovlen = 1;
	message.msg_hdr.msg_control = control;
	message.msg_hdr.msg_controllen = sizeof(control);
	head = CMSG_FIRSTHDR(&message.msg_hdr);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &listener, sizeof(int));
	sendmmsg(to, &message, 1, 0);
}

static void set_environment(const struct cell *cell, const char *record)
{
	clearenv();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	setenv("HOME", "/tmp", 1);
	setenv("TERM", "dumb", 1);
	/* Memory from malloc is as little zero as memory on the stack. */
	setenv("MALLOC_PERTURB_", "85", 1);
	if (cell->sanitized) {
		setenv("ASAN_OPTIONS", "exitcode=99:abort_on_error=0:detect_leaks=1:"
		       "allocator_may_return_null=1:color=never:verify_asan_link_order=0", 1);
		setenv("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1:exitcode=99:"
		       "color=never", 1);
		setenv("LSAN_OPTIONS", "exitcode=99:color=never", 1);
	}
	if (cell->preload) {
		setenv("LD_PRELOAD", cell->walls ? "/lab/interpose.so" : cell->preload, 1);
		setenv("LAB_ADDRESS_RECORD", cell->walls ? "/lab/record" : record, 1);
		if (cell->address_fault)
			setenv("LAB_ADDRESS_FAULT", cell->address_fault, 1);
		if (cell->address_names)
			setenv("LAB_ADDRESS_NAMES", cell->address_names, 1);
	}
}

static _Noreturn void give_up(const struct cell *cell)
{
	int error = errno ? errno : EINVAL;
	ssize_t ignored = write(cell->ready, &error, sizeof(error));

	(void)ignored;
	_exit(127);
}

static _Noreturn void run_program(const struct cell *cell)
{
	char path[4096], record[4096];
	char *base = strrchr(cell->argv[0], '/');
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	snprintf(record, sizeof(record), "%s/%s.record", cell->dir, cell->name);
	snprintf(path, sizeof(path), "%s", cell->argv[0]);
	if (cell->walls)
		snprintf(path, sizeof(path), "/lab/%s", base ? base + 1 : cell->argv[0]);

	setsid();
	if (null < 0 || dup2(null, 0) < 0 || dup2(cell->out, 1) < 0 || dup2(cell->err, 2) < 0)
		give_up(cell);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	umask(022);
	set_environment(cell, record);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	set_limits(cell);
	if (cell->walls && drop_privileges() < 0)
		give_up(cell);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (cell->walls && filter_supported() && filter_refuse(cell->sanitized) < 0)
		give_up(cell);
	if (cell->call_count) {
		int listener = filter_notify(cell->calls, cell->call_count);

		if (listener < 0)
			give_up(cell);
		send_listener(cell->listener, listener);
	}
	/* Everything above 2 goes with the exec, READY as the sign that it worked. */
	syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
	/* "usage: %s" with argv[0] is as right as the name written out. */
	cell->argv[0] = base ? base + 1 : cell->argv[0];
	execv(path, cell->argv);
	give_up(cell);
}

/* The cell's init: starts the program, reports its end, and stays to reap what it
 * leaves behind until the launcher ends the cell. */
static _Noreturn void run_init(const struct cell *cell)
{
	pid_t program, ended;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (cell->walls && build_root(cell) < 0)
		give_up(cell);
	if (!cell->walls)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	program = fork();
	if (program < 0)
		give_up(cell);
	if (program == 0)
		run_program(cell);
	close(cell->out);
	close(cell->err);
	close(cell->ready);
	close(cell->listener);
	for (;;) {
		ended = waitpid(-1, &status, 0);
		if (ended == program) {
			struct cell_report report = {.status = status};
			ssize_t ignored = write(cell->report, &report, sizeof(report));

			(void)ignored;
		}
		if (ended < 0 && errno == ECHILD)
			pause();
	}
}

pid_t cell_start(const struct cell *cell)
{
	unsigned long flags = SIGCHLD;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t init;

	if (cell->walls)
		flags |= CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC |
		         CLONE_NEWUTS;
	init = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
	if (init != 0)
		return init;
	if (cell->walls && map_own_ids(uid, gid) < 0)
		give_up(cell);
	run_init(cell);
}
