/*
 * box: runs a command where it can do no harm and nothing can disturb it: its own
 * processes, mounts and network. When the command ends, or is interrupted,
 * everything that it started ends.
 *
 * Source: unshare(2), user_namespaces(7), pid_namespaces(7), capabilities(7).
 */
#include "common/text.h"
#include "launch/cell.h"
#include "launch/net.h"
#include "launch/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <locale.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: box [--mode auto|enforced|host] [--wait SECONDS] -- COMMAND [ARGUMENT]...\n"
"       box --probe\n"
"\n"
"  auto      namespaces of its own; without them, the machine's network, alone\n"
"            there, behind a lock (LAB_ISOLATION says which: enforced or host)\n"
"  enforced  namespaces or nothing\n"
"  host      the machine's network even where namespaces could be had\n"
"  --wait    how long to wait for the lock (120)\n"
"  --probe   say what this machine can do; 0: enforced, 1: host\n"
"\n"
"Exit status: the command's; 128 + N if signal N ended it; 125: box failed.\n";

enum { BOX_FAILED = 125, WRONG_USAGE = 64 };

/* A private folder for everything that is written: it goes with the namespace. */
static const char scratch[] = "/dev/shm";

/* ------------------------------------------------------------- with namespaces */

/* Keeps the capabilities over an exec although the user is not root: capabilities
 * (7), ambient set. They count in the namespace only. */
static int keep_capabilities(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &head, caps) < 0)
		return -1;
	caps[0].inheritable = caps[0].permitted;
	caps[1].inheritable = caps[1].permitted;
	if (syscall(SYS_capset, &head, caps) < 0)
		return -1;
	for (int cap = 0; cap < 64; cap++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	return 0;
}

/* Enters all namespaces but the PID one's inside, which begins with the next
 * child. Returns NULL, or what could not be done. */
static const char *enter_namespaces(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER) < 0)
		return "a user namespace";
	if (map_own_ids(uid, gid) < 0)
		return "the user map";
	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS) < 0)
		return "mount, process and network namespaces";
	if (net_loopback_up() < 0)
		return "loopback";
	return NULL;
}

/* In the first process of the new PID namespace. */
static const char *furnish(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return "private mounts";
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return "/proc";
	if (mount("scratch", scratch, "tmpfs", MS_NOSUID | MS_NODEV,
	          "size=256m,nr_inodes=64k,mode=1777") < 0)
		return "a scratch folder";
	if (keep_capabilities() < 0)
		return "capabilities";
	return NULL;
}

/* Waits for COMMAND, reaping whatever else ends; forwards what a person sends. */
static int wait_for(pid_t command)
{
	pid_t ended;
	int status;

	while ((ended = waitpid(-1, &status, 0)) != command)
		if (ended < 0 && errno != EINTR)
			return BOX_FAILED;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static _Noreturn void run_command(char **argv, const char *isolation)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	sigset_t none;
	char pid[16];

	/* A shell is a tenth faster where a character is a byte. LAB_LOCALE is for what
	 * people read. */
	setenv("LAB_LOCALE", utf8 ? "C.UTF-8" : "C", 1);
	setenv("LC_ALL", "C", 1);
	setenv("LAB_ISOLATION", isolation, 1);
	snprintf(pid, sizeof(pid), "%d", getppid());
	setenv("LAB_BOX_PID", pid, 1);
	if (strcmp(isolation, "enforced") == 0) {
		setenv("TMPDIR", scratch, 1);
		setenv("BATS_TMPDIR", scratch, 1);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	complain("%s: %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* The init of the PID namespace. */
static _Noreturn void run_init(char **argv, int report)
{
	const char *trouble;
	pid_t command;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	trouble = furnish();
	if (trouble) {
		ssize_t ignored = write(report, trouble, strlen(trouble));

		(void)ignored;
		_exit(BOX_FAILED);
	}
	close(report);
	if (!argv)
		_exit(0);
	command = fork();
	if (command == 0)
		run_command(argv, "enforced");
	_exit(command < 0 ? BOX_FAILED : wait_for(command));
}

/* What a signal to box does: the child that holds everything, and is ended. */
static volatile pid_t everything;

static void end_everything(int signal_number)
{
	if (everything > 0)
		kill(everything, SIGKILL);
	/* Its orphan, the namespace's init, becomes ours; gone is gone. */
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	_exit(128 + signal_number);
}

static void on_signals(void (*handler)(int))
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], handler);
}

/* Runs ARGV (NULL: nothing, a probe) in namespaces. Returns its status, or -1 with
 * what is missing in TROUBLE (SIZE bytes): then nothing was run. */
static int run_enforced(char **argv, char *trouble, size_t size)
{
	int report[2], status;
	ssize_t got;
	pid_t keeper;

	if (pipe2(report, O_CLOEXEC) < 0)
		die_errno(BOX_FAILED, "pipe");
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	/* The namespaces are entered in a child: a fallback must not be left in half
	 * of them. The child lives on as the parent of the namespace's init. */
	keeper = fork();
	if (keeper < 0)
		die_errno(BOX_FAILED, "fork");
	if (keeper == 0) {
		const char *why;
		pid_t init;

		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		close(report[0]);
		why = enter_namespaces();
		init = why ? -1 : fork();
		if (init == 0)
			run_init(argv, report[1]);
		if (init < 0) {
			char text[256];
			ssize_t ignored;

			snprintf(text, sizeof(text), "%s: %s", why ? why : "fork", strerror(errno));
			ignored = write(report[1], text, strlen(text));
			(void)ignored;
			_exit(BOX_FAILED);
		}
		close(report[1]);
		_exit(wait_for(init));
	}
	close(report[1]);
	everything = keeper;
	if (argv)
		on_signals(end_everything);
	got = read(report[0], trouble, size - 1);
	close(report[0]);
	while (waitpid(keeper, &status, 0) < 0 && errno == EINTR)
		;
	everything = 0;
	on_signals(SIG_DFL);
	if (got > 0) {
		trouble[got] = '\0';
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : BOX_FAILED;
}

/* -------------------------------------------------------------- without namespaces */

/*
 * One box at a time on the machine's network, whoever runs it: the holder listens
 * on an abstract name, which no file outlives and every user can reach: unix(7).
 * Whoever waits is connected to the holder and hears end of file when it goes.
 */
static void take_lock(int seconds)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0socket-labs"};
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	                             strlen("socket-labs"));
	int64_t end = now_ms() + seconds * 1000L;
	bool said = false;

	for (;;) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		struct pollfd wait = {.fd = fd, .events = POLLIN};

		if (fd < 0)
			die_errno(BOX_FAILED, "socket");
		if (bind(fd, (void *)&name, size) == 0 && listen(fd, 128) == 0)
			return;         /* open until we end */
		close(fd);
		fd = wait.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (now_ms() >= end)
			die(BOX_FAILED, "other checks have been using this machine's network for "
			    "%d s: try again later", seconds);
		if (!said)
			complain("waiting until other checks on this machine have ended ...");
		said = true;
		if (connect(fd, (void *)&name, size) == 0)
			poll(&wait, 1, (int)(end - now_ms() > 0 ? end - now_ms() : 0));
		close(fd);
	}
}

/* Ends every process below this one, those that left their group too. */
static void end_descendants(void)
{
	pid_t tree[PROC_MAX];
	int count;
	bool alive;

	do {
		count = proc_tree(getpid(), tree, PROC_MAX);
		alive = false;
		for (int i = 0; i < count; i++)
			alive |= proc_state(tree[i]) != 'Z' && kill(tree[i], SIGKILL) == 0;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	} while (alive);
}

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
	interrupted = signal_number;
}

static int run_host(char **argv, int wait_seconds)
{
	struct sigaction action = {.sa_handler = note_interrupt};    /* no SA_RESTART */
	pid_t command, ended = 0;
	int status = 0;

	take_lock(wait_seconds);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	command = fork();
	if (command < 0)
		die_errno(BOX_FAILED, "fork");
	if (command == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		on_signals(SIG_DFL);
		run_command(argv, "host");
	}
	while (!interrupted && ended != command) {
		ended = waitpid(-1, &status, 0);
		if (ended < 0 && errno != EINTR)
			break;
	}
	end_descendants();
	if (interrupted)
		return 128 + interrupted;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const char *mode = "auto";
	char trouble[256] = "";
	int wait_seconds = 120, status, i;

	for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return 0;
		}
		if (strcmp(argv[i], "--probe") == 0) {
			status = run_enforced(NULL, trouble, sizeof(trouble));
			printf(status == 0 ? "enforced\n" : "host (cannot make %s)\n", trouble);
			return status == 0 ? 0 : 1;
		}
		if (strcmp(argv[i], "--mode") == 0 && i + 1 < argc) {
			mode = argv[++i];
		} else if (strcmp(argv[i], "--wait") == 0 && i + 1 < argc) {
			wait_seconds = atoi(argv[++i]);
		} else {
			fputs(usage, stderr);
			return WRONG_USAGE;
		}
	}
	if (i >= argc || (strcmp(mode, "auto") != 0 && strcmp(mode, "host") != 0 &&
	                  strcmp(mode, "enforced") != 0)) {
		fputs(usage, stderr);
		return WRONG_USAGE;
	}
	if (strcmp(mode, "host") != 0) {
		status = run_enforced(argv + i, trouble, sizeof(trouble));
		if (status >= 0)
			return status;
		if (strcmp(mode, "enforced") == 0)
			die(BOX_FAILED, "this machine refuses %s", trouble);
	}
	return run_host(argv + i, wait_seconds);
}
