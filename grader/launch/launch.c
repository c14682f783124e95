/*
 * launch: starts one student's program in a cell of its own and answers what a
 * check asks about it. The suites call it through labs/lib.bash.
 */
#include "common/text.h"
#include "launch/net.h"
#include "launch/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: launch start [OPTION]... NAME -- PROGRAM [ARGUMENT]...\n"
"       launch run   [OPTION]... NAME -- PROGRAM [ARGUMENT]...\n"
"       launch await MS NAME CONDITION...\n"
"       launch signal NAME HUP|INT|TERM|KILL|STOP|CONT|CHLD [all]\n"
"       launch release NAME [once]           held calls go on; once: others are held\n"
"       launch stop NAME\n"
"       launch descriptors NAME none|enough  whether it can get more of them\n"
"       launch show NAME WHAT\n"
"       launch stop-all\n"
"       launch net COMMAND [ARGUMENT]...     a command in the check's network\n"
"\n"
"The folder CHECK_DIR of the environment belongs to the check: its network, and\n"
"per program NAME.out, NAME.err, NAME.end. start returns when the program runs,\n"
"run when it has ended. What start started ends with the process LAUNCH_OWNER of\n"
"the environment, if there is one.\n"
"\n"
"  --within MS          run: how long it may take (2000)\n"
"  --life MS            start: when it is ended at the latest (20000)\n"
"  --await 'MS COND'    start: and await this; the exit status is that of await\n"
"  --fault SPEC         CALL:WHICH:ACTION, such as fork:1:EAGAIN or send:1:hold;\n"
"                       getaddrinfo:EAI_AGAIN makes the look-up fail\n"
"  --names NAME=A,B;... names with several addresses, in the order to be tried\n"
"  --record             note getaddrinfo and freeaddrinfo in NAME.record\n"
"  --sanitized          the program was built with sanitizers\n"
"  --descriptors N      how many it may have open\n"
"  --output-cap BYTES   more output than that ends it (65536)\n"
"\n"
"Exit status: 0 yes; 1 no, the program has ended (run: was ended); 2 no, it is\n"
"late; 64 wrong usage; 125 the launcher itself failed.\n";

enum { USAGE = 64 };

static _Noreturn void wrong(const char *why)
{
	fprintf(stderr, "launch: %s\n%s", why, usage);
	exit(USAGE);
}

static const char *check_dir(void)
{
	const char *dir = getenv("CHECK_DIR");

	if (!dir || !*dir)
		wrong("CHECK_DIR is not set");
	return dir;
}

/* box says by LAB_ISOLATION whether namespaces can be had. */
static bool has_walls(void)
{
	const char *isolation = getenv("LAB_ISOLATION");

	return isolation && strcmp(isolation, "enforced") == 0;
}

static void enter_network(void)
{
	if (has_walls() && net_enter(check_dir()) < 0)
		die_errno(LAUNCH_HARNESS, "cannot enter the check's network");
}

/* ------------------------------------------------------------------ start and run */

static void read_options(int argc, char **argv, struct launch *launch, long *within,
                         const char **awaited)
{
	enum { WITHIN = 1, LIFE, AWAIT, FAULT, NAMES, RECORD, SANITIZED, DESCRIPTORS, CAP };
	static const struct option options[] = {
		{"within", required_argument, NULL, WITHIN},
		{"life", required_argument, NULL, LIFE},
		{"await", required_argument, NULL, AWAIT},
		{"fault", required_argument, NULL, FAULT},
		{"names", required_argument, NULL, NAMES},
		{"record", no_argument, NULL, RECORD},
		{"sanitized", no_argument, NULL, SANITIZED},
		{"descriptors", required_argument, NULL, DESCRIPTORS},
		{"output-cap", required_argument, NULL, CAP},
		{NULL, 0, NULL, 0},
	};
	bool record = false;
	const char *trouble;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case WITHIN:
			*within = atol(optarg);
			break;
		case LIFE:
			launch->life_ms = atol(optarg);
			break;
		case AWAIT:
			*awaited = optarg;
			break;
		case FAULT:
			if (strncmp(optarg, "getaddrinfo:", 12) == 0) {
				launch->address_fault = optarg + 12;
				record = true;
			} else if ((trouble = fault_add(&launch->faults, optarg)) != NULL) {
				wrong(trouble);
			}
			break;
		case NAMES:
			launch->address_names = optarg;
			record = true;
			break;
		case RECORD:
			record = true;
			break;
		case SANITIZED:
			launch->sanitized = true;
			break;
		case DESCRIPTORS:
			launch->descriptors = atoi(optarg);
			break;
		case CAP:
			launch->output_cap = (size_t)atol(optarg);
			break;
		default:
			wrong("unknown option");
		}
	}
	if (record)
		launch->preload = getenv("LAB_INTERPOSE");
	if (record && !launch->preload)
		wrong("LAB_INTERPOSE is not set");
	if (optind + 2 > argc || *within < 0 || launch->life_ms <= 0)
		wrong("a name and a program are missing");
	launch->name = argv[optind++];
	if (strcmp(argv[optind], "--") == 0)
		optind++;
	if (optind >= argc)
		wrong("a program is missing");
	launch->argv = argv + optind;
}

static void make_record(const struct launch *launch)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.record", launch->dir, launch->name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		die_errno(LAUNCH_HARNESS, "%s", path);
	close(fd);
}

/* The keeper leaves its caller's group and descriptors, so that nobody waits for
 * it; box ends it with everything else. */
static void leave(int keep)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	for (int fd = 3; fd < 64; fd++)
		if (fd != keep)
			close(fd);
}

static int start(struct launch *launch)
{
	char word[256];
	int started[2];
	ssize_t got;
	pid_t pid;

	if (pipe2(started, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		die_errno(LAUNCH_HARNESS, "start");
	if (pid == 0) {
		leave(started[1]);
		_exit(supervise(launch, 0, started[1]));
	}
	close(started[1]);
	got = read(started[0], word, sizeof(word) - 1);
	if (got == 1 && word[0] == '+')
		return 0;
	word[got > 0 ? got : 0] = '\0';
	fprintf(stderr, "launch: %s\n", got > 0 ? word : "the keeper went away");
	return LAUNCH_HARNESS;
}

static int ask(const char *name, const char *request, bool print);

static int start_or_run(int argc, char **argv, bool wait)
{
	struct launch launch = {.dir = check_dir(), .walls = has_walls(),
	                        .life_ms = 20000, .output_cap = 65536};
	const char *awaited = NULL;
	char request[2000];
	long within = 2000;
	int status;

	read_options(argc, argv, &launch, &within, &awaited);
	enter_network();
	if (launch.preload)
		make_record(&launch);
	if (wait)
		return supervise(&launch, within, -1);
	status = start(&launch);
	if (status != 0 || !awaited)
		return status;
	snprintf(request, sizeof(request), "await %s", awaited);
	return ask(launch.name, request, false);
}

/* ------------------------------------------------------------------------ requests */

static int ask(const char *name, const char *request, bool print)
{
	char answer[4096];

	if (supervisor_ask(check_dir(), name, request, answer, sizeof(answer)) < 0) {
		fprintf(stderr, "launch: nobody keeps %s\n", name);
		return LAUNCH_HARNESS;
	}
	if (print)
		puts(answer);
	if (strncmp(answer, "no such", 7) == 0) {
		fprintf(stderr, "launch: %s\n", answer);
		return USAGE;
	}
	if (strncmp(answer, "no ended", 8) == 0)
		return 1;
	return strcmp(answer, "no late") == 0 ? 2 : 0;
}

static int await(int argc, char **argv)
{
	char request[2000];
	size_t length;

	if (argc < 4)
		wrong("await what?");
	length = (size_t)snprintf(request, sizeof(request), "await %ld ", atol(argv[1]));
	for (int i = 3; i < argc && length < sizeof(request); i++)
		length += (size_t)snprintf(request + length, sizeof(request) - length, "%s%s",
		                           i > 3 ? "\t" : "", argv[i]);
	if (length >= sizeof(request))
		wrong("too many conditions");
	return ask(argv[2], request, false);
}

static int stop_all(void)
{
	char answer[64];
	glob_t controls;

	/* The names stand in the folder as NAME.ctl. */
	if (chdir(check_dir()) < 0)
		return LAUNCH_HARNESS;
	if (glob("*.ctl", 0, NULL, &controls) != 0)
		return 0;
	for (size_t i = 0; i < controls.gl_pathc; i++) {
		controls.gl_pathv[i][strlen(controls.gl_pathv[i]) - strlen(".ctl")] = '\0';
		supervisor_ask(".", controls.gl_pathv[i], "stop", answer, sizeof(answer));
	}
	globfree(&controls);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	char request[256];

	argc--;
	argv++;
	if (strcmp(verb, "start") == 0 || strcmp(verb, "run") == 0)
		return start_or_run(argc, argv, *verb == 'r');
	if (strcmp(verb, "await") == 0)
		return await(argc, argv);
	if (strcmp(verb, "signal") == 0 && (argc == 3 || argc == 4)) {
		snprintf(request, sizeof(request), "signal %s%s%s", argv[2],
		         argc == 4 ? " " : "", argc == 4 ? argv[3] : "");
		return ask(argv[1], request, false);
	}
	if (strcmp(verb, "descriptors") == 0 && argc == 3) {
		snprintf(request, sizeof(request), "descriptors %s", argv[2]);
		return ask(argv[1], request, false);
	}
	if (strcmp(verb, "stop") == 0 && argc == 2)
		return ask(argv[1], verb, false);
	if (strcmp(verb, "release") == 0 && (argc == 2 || argc == 3))
		return ask(argv[1], argc == 3 ? "release once" : "release", false);
	if (strcmp(verb, "show") == 0 && argc == 3) {
		snprintf(request, sizeof(request), "show %s", argv[2]);
		return ask(argv[1], request, true);
	}
	if (strcmp(verb, "stop-all") == 0)
		return stop_all();
	if (strcmp(verb, "net") == 0 && argc >= 2) {
		enter_network();
		execvp(argv[1], argv + 1);
		die_errno(LAUNCH_HARNESS, "%s", argv[1]);
	}
	if (strcmp(verb, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	wrong("what shall it do?");
}
