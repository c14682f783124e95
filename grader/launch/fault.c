#include "launch/fault.h"

#include "launch/proc.h"

#include <asm/unistd.h>
#include <errno.h>
#include <limits.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Which argument of a call tells that it is about an internet socket. */
enum about { ANYTHING, SOCKET_IN_ARG0, FAMILY_IN_ARG0, NEW_PROCESS };

static const struct group {
	const char *name;
	enum about about;
	int calls[6];           /* ends with -1 */
} groups[] = {
#ifdef __NR_fork
	{"fork", NEW_PROCESS, {__NR_fork, __NR_vfork, __NR_clone, -1}},
#else
	{"fork", NEW_PROCESS, {__NR_clone, -1}},
#endif
	{"send", SOCKET_IN_ARG0,
	 {__NR_sendto, __NR_sendmsg, __NR_write, __NR_writev, -1}},
	{"recv", SOCKET_IN_ARG0,
	 {__NR_recvfrom, __NR_recvmsg, __NR_read, __NR_readv, -1}},
	{"accept", ANYTHING, {__NR_accept, __NR_accept4, -1}},
	{"socket", FAMILY_IN_ARG0, {__NR_socket, -1}},
	{"bind", SOCKET_IN_ARG0, {__NR_bind, -1}},
	{"listen", SOCKET_IN_ARG0, {__NR_listen, -1}},
	{"connect", SOCKET_IN_ARG0, {__NR_connect, -1}},
	{"exit", ANYTHING, {__NR_exit_group, -1}},
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{"EACCES", EACCES}, {"EADDRINUSE", EADDRINUSE},
	{"EADDRNOTAVAIL", EADDRNOTAVAIL}, {"EAFNOSUPPORT", EAFNOSUPPORT},
	{"EAGAIN", EAGAIN}, {"ECONNABORTED", ECONNABORTED},
	{"ECONNREFUSED", ECONNREFUSED}, {"ECONNRESET", ECONNRESET},
	{"EHOSTUNREACH", EHOSTUNREACH}, {"EINTR", EINTR}, {"EINVAL", EINVAL},
	{"EMFILE", EMFILE}, {"ENETUNREACH", ENETUNREACH}, {"ENFILE", ENFILE},
	{"ENOBUFS", ENOBUFS}, {"ENOMEM", ENOMEM}, {"EPERM", EPERM},
	{"EPIPE", EPIPE}, {"EPROTO", EPROTO}, {"ETIMEDOUT", ETIMEDOUT},
};

int fault_error(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(name, errors[i].name) == 0)
			return errors[i].number;
	return 0;
}

static int find_group(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strlen(groups[i].name) == length &&
		    strncmp(groups[i].name, name, length) == 0)
			return (int)i;
	return -1;
}

/* Reads "3", "2-5", "4-" or "*" up to the colon. Returns what follows or NULL. */
static const char *read_which(const char *text, struct fault *fault)
{
	char *end;

	if (*text == '*') {
		fault->first = 1;
		fault->last = UINT_MAX;
		return text[1] == ':' ? text + 2 : NULL;
	}
	if (*text < '0' || *text > '9')
		return NULL;            /* strtoul would take a sign */
	fault->first = fault->last = (unsigned)strtoul(text, &end, 10);
	if (fault->first == 0)
		return NULL;
	if (*end == '-') {
		text = ++end;
		fault->last = UINT_MAX;
		if (*text >= '0' && *text <= '9')
			fault->last = (unsigned)strtoul(text, &end, 10);
	}
	return *end == ':' ? end + 1 : NULL;
}

const char *fault_add(struct faults *faults, const char *text)
{
	struct fault *fault = &faults->list[faults->count];
	const char *colon = strchr(text, ':'), *action;

	if (faults->count == FAULT_MAX)
		return "too many faults";
	if (!colon || (fault->group = find_group(text, (size_t)(colon - text))) < 0)
		return "no such call: fork send recv accept socket bind listen connect exit";
	action = read_which(colon + 1, fault);
	if (!action)
		return "which calls? 3, 2-5, 4- or *, then a colon";
	fault->error = fault_error(action);
	if (strcmp(action, "hold") == 0)
		fault->action = FAULT_HOLD;
	else if (strcmp(action, "count") == 0)
		fault->action = FAULT_COUNT;
	else if (fault->error)
		fault->action = FAULT_FAIL;
	else
		return "no such action: hold, count, or an error's name";
	faults->count++;
	return NULL;
}

int fault_calls(const struct faults *faults, int *calls, int max)
{
	int count = 0;

	for (int i = 0; i < faults->count; i++) {
		const int *c = groups[faults->list[i].group].calls;

		for (; *c >= 0 && count < max; c++)
			calls[count++] = *c;
	}
	return count;
}

static bool internet(int family)
{
	return family == AF_INET || family == AF_INET6;
}

/* Is descriptor FD of process PID an internet socket? */
static bool internet_socket(pid_t pid, int fd)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int copy = -1, family = 0;
	socklen_t size = sizeof(family);

	if (process >= 0) {
		copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
		close(process);
	}
	if (copy < 0) {
		/* Where the descriptor cannot be had, any socket will do. */
		char target[64];

		return proc_descriptor(pid, fd, target, sizeof(target)) &&
		       strncmp(target, "socket:", 7) == 0;
	}
	if (getsockopt(copy, SOL_SOCKET, SO_DOMAIN, &family, &size) < 0)
		family = 0;
	close(copy);
	return internet(family);
}

static bool is_about(const struct group *group, const struct seccomp_notif *call)
{
	switch (group->about) {
	case SOCKET_IN_ARG0:
		return internet_socket((pid_t)call->pid, (int)call->data.args[0]);
	case FAMILY_IN_ARG0:
		return internet((int)call->data.args[0]);
	case NEW_PROCESS:
		return call->data.nr != __NR_clone ||
		       !(call->data.args[0] & CLONE_THREAD);
	case ANYTHING:
		break;
	}
	return true;
}

static bool in_group(const struct group *group, int nr)
{
	for (const int *c = group->calls; *c >= 0; c++)
		if (*c == nr)
			return true;
	return false;
}

static void answer(int listener, uint64_t id, int error)
{
	struct seccomp_notif_resp reply = {.id = id, .error = -error};

	if (!error)
		reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	/* ENOENT: the caller was killed meanwhile. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

bool fault_answer(struct faults *faults, int listener)
{
	struct seccomp_notif call;
	int error = 0;
	bool hold = false;

	memset(&call, 0, sizeof(call));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return errno == EINTR || errno == ENOENT;
	for (int i = 0; i < faults->count; i++) {
		struct fault *fault = &faults->list[i];
		const struct group *group = &groups[fault->group];

		if (!in_group(group, call.data.nr) || !is_about(group, &call))
			continue;
		fault->seen++;
		if (fault->seen < fault->first || fault->seen > fault->last)
			continue;
		if (fault->action == FAULT_FAIL && !error)
			error = fault->error;
		if (fault->action == FAULT_HOLD)
			hold = true;
	}
	if (hold && !error && faults->held_count < FAULT_HELD_MAX) {
		faults->held_pid[faults->held_count] = (pid_t)call.pid;
		faults->held[faults->held_count++] = call.id;
	} else {
		answer(listener, call.id, error);
	}
	return true;
}

void fault_release(struct faults *faults, int listener, bool for_good)
{
	for (int i = 0; i < faults->held_count; i++)
		answer(listener, faults->held[i], 0);
	faults->held_count = 0;
	for (int i = 0; for_good && i < faults->count; i++)
		if (faults->list[i].action == FAULT_HOLD)
			faults->list[i].action = FAULT_COUNT;
}

unsigned fault_seen(const struct faults *faults, const char *call)
{
	int group = find_group(call, strlen(call));

	for (int i = 0; i < faults->count; i++)
		if (faults->list[i].group == group)
			return faults->list[i].seen;
	return 0;
}
