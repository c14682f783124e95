#include "demo/terminal.h"

#include "demo/turns.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

/* Sends the descriptor FD (-1: none) to the other end of the socket: unix(7). */
static void hand_over(int socket, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	                      .cmsg_len = CMSG_LEN(sizeof(int))}};
	char byte = 0;
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	sendmsg(socket, &message, 0);
}

static int take_over(int socket)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1,
	                         .msg_control = &control, .msg_controllen = sizeof(control)};
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

_Noreturn static void become(int slave, int report, const struct host *host,
                             const char *file, char *const arguments[])
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (login_tty(slave) == 0 && host_enter(host) == 0) {
		hand_over(report, turns_begin());
		execvp(file, arguments);
	}
	_exit(127);
}

int terminal_start(struct terminal *t, const struct host *host, const char *file,
                   char *const arguments[])
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct termios mode;
	int master, slave, pair[2];

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0)
		return -1;
	if (unlockpt(master) < 0 || (slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY)) < 0) {
		close(master);
		return -1;
	}
	ioctl(slave, TIOCSWINSZ, &size);
	/* Whoever presses a key shows it: an echo may come after the end. */
	tcgetattr(slave, &mode);
	mode.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(slave, TCSANOW, &mode);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		close(master);
		close(slave);
		return -1;
	}
	*t = (struct terminal){.master = master, .turns = -1};
	t->pid = fork();
	if (t->pid == 0)
		become(slave, pair[1], host, file, arguments);
	close(slave);
	close(pair[1]);
	if (t->pid > 0)
		t->turns = take_over(pair[0]);
	close(pair[0]);
	return t->pid < 0 ? -1 : 0;
}

/* Hands the line on, with no carriage return at its end. */
static void finish_line(struct terminal *t, int host,
                        void (*show)(int host, const char *line, size_t length))
{
	if (t->length && t->line[t->length - 1] == '\r')
		t->length--;
	show(host, t->line, t->length);
	t->length = 0;
}

bool terminal_read(struct terminal *t, bool all, int host,
                   void (*show)(int host, const char *line, size_t length))
{
	struct pollfd ready = {.fd = t->master, .events = POLLIN};
	char bytes[4096];
	ssize_t got = 1;
	int ends = 0;

	/* At most so much at once: a program that floods must not stop the show. */
	for (int rounds = 0; rounds < 16 && t->master >= 0 && poll(&ready, 1, 0) > 0; rounds++) {
		got = read(t->master, bytes, sizeof(bytes));
		/* An end may be said too early, once: see the supervisor's read_stream(). */
		if (got <= 0 && ++ends == 2)
			break;
		for (ssize_t i = 0; i < got; i++) {
			if (bytes[i] == '\n' || t->length == sizeof(t->line))
				finish_line(t, host, show);
			if (bytes[i] != '\n')
				t->line[t->length++] = bytes[i];
		}
	}
	if (all && t->length)
		finish_line(t, host, show);
	return t->master >= 0 && got > 0;
}

void terminal_interrupt(struct terminal *t)
{
	char key = 3; /* VINTR, unless somebody changed it: termios(3) */

	if (t->master >= 0 && write(t->master, &key, 1) < 0)
		kill(t->pid, SIGINT);
}

void terminal_close(struct terminal *t)
{
	if (t->pid > 0)
		kill(-t->pid, SIGKILL);
	if (t->turns >= 0)
		close(t->turns);
	if (t->master >= 0)
		close(t->master);
	t->turns = t->master = -1;
}
