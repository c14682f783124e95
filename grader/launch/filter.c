#include "launch/filter.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

#define FIELD(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, f))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
/* If the accumulator equals K, go on with the next instruction, else skip one. */
#define IF(k) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), 0, 1)

bool filter_supported(void)
{
	return ARCHITECTURE != 0;
}

static long install(unsigned flags, struct sock_filter *code, unsigned short length)
{
	struct sock_fprog program = {.len = length, .filter = code};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int filter_refuse(bool allow_ptrace)
{
	const unsigned new_namespaces =
		CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
		CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
	struct sock_filter code[] = {
		FIELD(arch),
		IF(ARCHITECTURE), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		FIELD(nr),
#ifdef __x86_64__
		/* The x32 call numbers would walk around everything below. */
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), REFUSE(ENOSYS),
#endif
		IF(__NR_mount), REFUSE(EPERM),
		IF(__NR_umount2), REFUSE(EPERM),
		IF(__NR_pivot_root), REFUSE(EPERM),
		IF(__NR_unshare), REFUSE(EPERM),
		IF(__NR_setns), REFUSE(EPERM),
		IF(__NR_bpf), REFUSE(EPERM),
		IF(__NR_perf_event_open), REFUSE(EPERM),
		IF(__NR_keyctl), REFUSE(EPERM),
		IF(__NR_add_key), REFUSE(EPERM),
		IF(__NR_request_key), REFUSE(EPERM),
		IF(__NR_userfaultfd), REFUSE(EPERM),
		IF(__NR_process_vm_readv), REFUSE(EPERM),
		IF(__NR_process_vm_writev), REFUSE(EPERM),
		IF(__NR_memfd_create), REFUSE(EPERM),
		/* Its flags are out of a filter's sight; libc falls back to clone. */
		IF(__NR_clone3), REFUSE(ENOSYS),
		/* io_uring would do calls that no filter sees. */
		IF(425), REFUSE(ENOSYS),
		IF(__NR_ptrace), REFUSE(allow_ptrace ? 0 : EPERM),
		IF(__NR_clone), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		BPF_JUMP(BPF_JMP | BPF_JA, 3, 0, 0),
		FIELD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, new_namespaces, 0, 1), REFUSE(EPERM),
		FIELD(nr),
		IF(__NR_ioctl), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		BPF_JUMP(BPF_JMP | BPF_JA, 3, 0, 0),
		FIELD(args[1]),
		IF(0x5412 /* TIOCSTI */), REFUSE(EPERM),
		FIELD(nr),
		IF(__NR_socket), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		RETURN(SECCOMP_RET_ALLOW),
		FIELD(args[0]),
		IF(AF_UNIX), RETURN(SECCOMP_RET_ALLOW),
		IF(AF_INET), RETURN(SECCOMP_RET_ALLOW),
		IF(AF_INET6), RETURN(SECCOMP_RET_ALLOW),
		IF(AF_NETLINK), RETURN(SECCOMP_RET_ALLOW),
		REFUSE(EAFNOSUPPORT),
	};

	if (allow_ptrace)
		for (size_t i = 0; i + 1 < sizeof(code) / sizeof(code[0]); i++)
			if (code[i].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
			    code[i].k == __NR_ptrace)
				code[i + 1].k = SECCOMP_RET_ALLOW;
	return (int)install(0, code, sizeof(code) / sizeof(code[0]));
}

int filter_notify(const int *calls, int count)
{
	struct sock_filter code[64 * 2 + 2] = {FIELD(nr)};
	int n = 1;

	for (int i = 0; i < count && i < 64; i++) {
		code[n++] = (struct sock_filter)IF((unsigned)calls[i]);
		code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_USER_NOTIF);
	}
	code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	return (int)install(SECCOMP_FILTER_FLAG_NEW_LISTENER, code, (unsigned short)n);
}
