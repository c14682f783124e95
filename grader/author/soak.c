/*
 * soak: plays right and wrong programs again and again while the machine is made
 * slow in different ways, and reports every verdict that was not the same every
 * time. A verdict that changes is a defect of the suite.
 */
#include "author/cases.h"
#include "author/rehearse.h"
#include "author/verdict.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: soak [--minutes N] [--lab LAB] [--case NAME] [--seed S]\n"
"\n"
"Plays the cases of the matrix for N minutes (5), with new random data each time,\n"
"on a quiet machine, with all processors busy, on one processor, among many\n"
"short time slices, and beside a busy disk. S (from the clock) says which.\n"
"\n"
"Exit status: 0 no verdict changed; 1 some did; 2 it cannot be done.\n";

enum { CHANGED = 1, TROUBLE = 2, BATCH = 24, LOAD_MAX = 32 };

enum load { QUIET, BUSY, ONE_PROCESSOR, SLICES, DISK, LOADS };

static const char *const load_names[LOADS] = {
	"quiet machine", "all processors busy", "one processor, busy",
	"many short time slices", "busy disk",
};

static struct {
	struct labs labs;
	struct suite suites[LABS_MAX];
	struct cases cases;
	char **first;           /* per case: the letters of its first verdict */
	size_t runs, verdicts, changed;
	enum load load;
	cpu_set_t processors;
	pid_t burners[LOAD_MAX];
	int burner_count;
} all;

/* ----------------------------------------------------------------------------- load */

/* A process that keeps a processor busy; with PAUSE, in short pieces. */
static _Noreturn void burn(bool pause)
{
	volatile unsigned long sum = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (;;) {
		int64_t until = now_ms() + 2;

		while (now_ms() < until)
			for (int i = 0; i < 1000; i++)
				sum = sum + (unsigned long)i;
		if (pause)
			sched_yield();
	}
}

static _Noreturn void burn_disk(int number)
{
	char *path = text_format("build/soak/disk.%d", number);
	static char bytes[1 << 20];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	unlink(path);
	for (off_t at = 0; fd >= 0; at = (at + (off_t)sizeof(bytes)) % (64 << 20)) {
		if (pwrite(fd, bytes, sizeof(bytes), at) < 0 || fsync(fd) < 0)
			break;
	}
	_exit(0);
}

static void begin_load(enum load load)
{
	int processors = CPU_COUNT(&all.processors), count = 0;
	cpu_set_t one;

	if (load == BUSY)
		count = 2 * processors;
	if (load == ONE_PROCESSOR)
		count = 2;
	if (load == SLICES)
		count = 10 * processors < LOAD_MAX ? 10 * processors : LOAD_MAX;
	if (load == DISK)
		count = 2;
	sched_setaffinity(0, sizeof(all.processors), &all.processors);
	if (load == ONE_PROCESSOR) {
		size_t cpu = 0;

		while (!CPU_ISSET(cpu, &all.processors))
			cpu++;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	fflush(NULL);
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid == 0 && load == DISK)
			burn_disk(i);
		if (pid == 0)
			burn(load == SLICES);
		if (pid > 0)
			all.burners[all.burner_count++] = pid;
	}
	all.load = load;
}

static void end_load(void)
{
	while (all.burner_count > 0) {
		kill(all.burners[--all.burner_count], SIGKILL);
		waitpid(all.burners[all.burner_count], NULL, 0);
	}
}

/* -------------------------------------------------------------------------- verdicts */

static void keep_evidence(const struct rehearsal *r)
{
	char *command = text_format("cp build/soak/%s/%s/tap build/soak/changed.%zu.tap",
	                            r->lab->folder, r->c->name, all.changed);

	if (system(command) != 0)
		complain("cannot keep what was said");
	free(command);
}

static void compare(void *context, struct rehearsal *r)
{
	size_t number = (size_t)(r->c - all.cases.at);
	char *letters = verdict_letters(r->result);

	(void)context;
	all.runs++;
	all.verdicts += r->result->count;
	if (!all.first[number]) {
		char *trouble = verdict(r->c, r->suite, r->result, VERDICT_NONE);

		if (*trouble)
			printf("%s, %s: not as stated\n%s", r->lab->folder, r->c->name, trouble);
		free(trouble);
		all.first[number] = letters;
	} else {
		if (strcmp(letters, all.first[number]) != 0) {
			all.changed++;
			keep_evidence(r);
			printf("%s, %s, seed %u, %s: changed (build/soak/changed.%zu.tap)\n"
			       "    was %s\n    is  %s\n", r->lab->folder, r->c->name, r->seed,
			       load_names[all.load], all.changed, all.first[number], letters);
			fflush(stdout);
		}
		free(letters);
	}
	lab_result_free(r->result);
	r->result = NULL;
}

static void play(struct rehearsal *list, const size_t *numbers, size_t count, bool built,
                 int slots)
{
	for (size_t i = 0; i < count; i++) {
		struct lab_case *c = &all.cases.at[numbers[i]];

		list[i] = (struct rehearsal){
			.c = c, .lab = &all.labs.at[c->lab], .suite = &all.suites[c->lab],
			.seed = (unsigned)rand() % 1000000, .dir = "build/soak", .built = built,
		};
	}
	rehearse(list, count, slots, compare, NULL);
}

/* Some of that many cases, no one twice: two at once would share a folder. */
static size_t draw_batch(size_t cases, size_t *numbers)
{
	size_t count = BATCH;
	size_t *deck = need(malloc(cases * sizeof(*deck)));

	if (count > cases)
		count = cases;
	for (size_t i = 0; i < cases; i++)
		deck[i] = i;
	for (size_t i = 0, left = cases; i < count; i++, left--) {
		size_t k = (size_t)rand() % left;

		numbers[i] = deck[k];
		deck[k] = deck[left - 1];
	}
	free(deck);
	return count;
}

static void soak(int64_t minutes)
{
	struct rehearsal *list = need(calloc(all.cases.count + BATCH, sizeof(*list)));
	size_t *numbers = need(calloc(all.cases.count + BATCH, sizeof(*numbers)));
	/* Twice as many as processors: most of the time somebody waits. */
	int slots = 2 * CPU_COUNT(&all.processors);
	int64_t end = now_ms() + minutes * 60000, said = now_ms();

	for (size_t i = 0; i < all.cases.count; i++)
		numbers[i] = i;
	printf("building %zu programs and playing each once ...\n", all.cases.count);
	fflush(stdout);
	play(list, numbers, all.cases.count, false, slots);
	for (int round = 0; now_ms() < end; round++) {
		size_t count = draw_batch(all.cases.count, numbers);

		begin_load((enum load)(round % LOADS));
		play(list, numbers, count, true, slots);
		end_load();
		if (now_ms() - said > 30000) {
			said = now_ms();
			printf("%lld min left: %zu runs, %zu verdicts, %zu changed\n",
			       (long long)(end - said) / 60000, all.runs, all.verdicts, all.changed);
			fflush(stdout);
		}
	}
	free(list);
	free(numbers);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"minutes", required_argument, NULL, 'm'}, {"lab", required_argument, NULL, 'l'},
		{"case", required_argument, NULL, 'c'}, {"seed", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	unsigned seed = (unsigned)now_ms();
	const char *only = NULL, *lab = NULL;
	int64_t minutes = 5;
	int option, number;
	size_t kept = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'm': minutes = atol(optarg); break;
		case 'l': lab = optarg; break;
		case 'c': only = optarg; break;
		case 's': seed = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); return 0;
		default: fputs(usage, stderr); return TROUBLE;
		}
	}
	if (optind < argc || minutes < 1) {
		fputs(usage, stderr);
		return TROUBLE;
	}
	number = cases_read_labs(&all.labs, all.suites, lab);
	cases_find(&all.cases, &all.labs, all.suites, number);
	for (size_t i = 0; only && i < all.cases.count; i++)
		if (strcmp(all.cases.at[i].name, only) == 0)
			all.cases.at[kept++] = all.cases.at[i];
	if (only)
		all.cases.count = kept;
	if (!all.cases.count)
		die(TROUBLE, "no such case");
	all.first = need(calloc(all.cases.count, sizeof(char *)));
	if (system("rm -rf build/soak; mkdir -p build/soak") != 0)
		die(TROUBLE, "build/soak cannot be made");
	sched_getaffinity(0, sizeof(all.processors), &all.processors);
	srand(seed);
	printf("seed %u\n", seed);
	soak(minutes);
	printf("%zu runs of %zu programs, %zu verdicts, %zu changed\n", all.runs,
	       all.cases.count, all.verdicts, all.changed);
	return all.changed ? CHANGED : 0;
}
