/* Does one thing that its first argument names, so that a test can see what the
 * launcher makes of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void list(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL)
		printf("%s\n", entry->d_name);
}

static void try(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void attack(void)
{
	char byte = 0;
	int init = open("/proc/1/mem", O_RDWR);

	try("write /", open("/here", O_CREAT | O_WRONLY, 0600));
	try("write /usr", open("/usr/here", O_CREAT | O_WRONLY, 0600));
	try("write itself", open("/lab/probe", O_WRONLY));
	try("mount", mount("x", "/tmp", "tmpfs", 0, NULL));
	try("user namespace", unshare(CLONE_NEWUSER));
	try("network namespace", unshare(CLONE_NEWNET));
	try("ptrace of init", ptrace(PTRACE_ATTACH, 1, NULL, NULL));
	try("memory of init", init < 0 ? -1 : write(init, &byte, 1));
	for (int fd = 3; fd < 40; fd++) {
		char path[32];

		snprintf(path, sizeof(path), "/proc/1/fd/%d", fd);
		if (open(path, O_RDWR) >= 0)
			printf("descriptor %d of init: done\n", fd);
	}
	try("packet socket", socket(AF_PACKET, SOCK_RAW, 0));
	try("raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	try("become root", setuid(0) || getuid() == 0 ? -(errno = EPERM, 1) : 0);
	kill(1, SIGKILL);
	printf("still here\n");
}

static int look_up(const char *name)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	int error = getaddrinfo(name, "3490", &hints, &found);
	char text[64];

	if (error) {
		printf("getaddrinfo: %s\n", gai_strerror(error));
		return 1;
	}
	for (struct addrinfo *p = found; p; p = p->ai_next) {
		getnameinfo(p->ai_addr, p->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST);
		printf("%s\n", text);
	}
	freeaddrinfo(found);
	return 0;
}

static int serve(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(3490)};
	int on = 1, listener = socket(AF_INET6, SOCK_STREAM, 0), connection;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (void *)&any, sizeof(any)) < 0 || listen(listener, 7) < 0)
		return 1;
	printf("listening\n");
	while ((connection = accept(listener, NULL, NULL)) >= 0) {
		ssize_t got;
		char bytes[512];

		while ((got = recv(connection, bytes, sizeof(bytes), 0)) > 0)
			printf("%zd\n", got);
		if (got < 0)
			perror("recv");
		dprintf(connection, "bye");
		close(connection);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

#define IS(word) (strcmp(what, word) == 0)
	if (IS("arguments")) {
		for (int i = 0; i < argc; i++)
			printf("%s\n", argv[i]);
	} else if (IS("environment")) {
		for (char **e = environ; *e; e++)
			puts(*e);
	} else if (IS("descriptors")) {
		for (int fd = 0; fd < 1024; fd++)
			if (fcntl(fd, F_GETFD) >= 0)
				printf("%d%s\n", fd, isatty(fd) ? " terminal" : "");
	} else if (IS("list")) {
		list(argv[2]);
	} else if (IS("attack")) {
		attack();
	} else if (IS("look-up")) {
		return look_up(argv[2]);
	} else if (IS("serve")) {
		return serve();
	} else if (IS("bytes")) {
		fwrite("a\0b\r\nc\xff", 1, 7, stdout);
		fprintf(stderr, "to stderr\n");
	} else if (IS("buffered")) {
		printf("before the fork\n");
		if (fork() == 0)
			exit(0);
		wait(NULL);
		pause();
	} else if (IS("flood")) {
		for (;;)
			puts("more and more and more and more and more and more");
	} else if (IS("hang")) {
		pause();
	} else if (IS("daemon")) {
		if (fork() == 0) {
			setsid();
			signal(SIGTERM, SIG_IGN);
			signal(SIGHUP, SIG_IGN);
			for (;;)
				pause();
		}
	} else if (IS("fork")) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child < 0)
			perror("fork");
		printf("%s\n", child < 0 ? "no child" : "a child");
	} else if (IS("socket")) {
		try("socket", socket(AF_INET6, SOCK_DGRAM, 0));
	} else if (IS("crash")) {
		raise(SIGSEGV);
	} else if (IS("zombies")) {
		for (int i = 0; i < 3; i++)
			if (fork() == 0)
				_exit(0);
		pause();
	} else {
		return 77;
	}
	return 0;
}
