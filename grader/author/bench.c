/*
 * bench: what checking costs, as ratios to what Bats alone costs. Prints figures
 * and judges nothing.
 */
#include "author/cases.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: bench [--runs N] [LAB]...\n"
"\n"
"For each lab the time of checking the reference, the untouched skeleton and a\n"
"program that does nothing but hang, and of Bats running as many empty tests, in\n"
"turn, N times (5) each; the medians, and the ratios to Bats.\n";

enum { TROUBLE = 2, RUNS_MAX = 101, COMMANDS = 4 };

struct sample {
	double wall[RUNS_MAX], cpu[RUNS_MAX];
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Runs ARGV, its output thrown away. */
static void measure(char *const argv[], struct sample *sample, int run)
{
	struct rusage usage_of;
	int64_t begin = now_ms();
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die_errno(TROUBLE, "fork");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage_of) < 0)
		die_errno(TROUBLE, "wait4");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		die(TROUBLE, "%s cannot be run", argv[0]);
	sample->wall[run] = (double)(now_ms() - begin) / 1000;
	sample->cpu[run] = seconds(usage_of.ru_utime) + seconds(usage_of.ru_stime);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), ascending);
	return values[count / 2];
}

/* Bats' own cost: the same number of tests, each with nothing in it. */
static char *write_empty_suite(const struct lab *lab, size_t count)
{
	char *path = text_format("build/bench/%s.bats", lab->folder);
	FILE *file = fopen(path, "we");

	if (!file)
		die_errno(TROUBLE, "%s", path);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "@test \"%zu\" {\n\ttrue\n}\n", i + 1);
	fclose(file);
	return path;
}

static void run_shell(const char *command)
{
	if (system(command) != 0)
		die(TROUBLE, "failed: %s", command);
}

/* A program tree in which every program hangs. */
static void write_hanging_tree(const struct labs *labs)
{
	run_shell("mkdir -p build/bench/hang");
	for (int i = 0; i < labs->count; i++) {
		char *command = text_format(
			"mkdir -p build/bench/hang/%s && printf '#include <unistd.h>\\n"
			"int main(void)\\n{\\n\\tfor (;;)\\n\\t\\tpause();\\n}\\n' >build/bench/hang/%s/%s.c && "
			"mkdir -p build/trees/build/bench/hang/%s && "
			"make -s --no-print-directory build-%s FROM=build/bench/hang",
			labs->at[i].folder, labs->at[i].folder, labs->at[i].program,
			labs->at[i].folder, labs->at[i].target);

		run_shell(command);
		free(command);
	}
}

static void print_row(const char *name, double wall, double cpu, double wall_of_bats,
                      double cpu_of_bats)
{
	printf("  %-28s %7.2f s %7.2f s", name, wall, cpu);
	if (wall_of_bats > 0)
		printf(" %8.2f %8.2f", wall / wall_of_bats, cpu / cpu_of_bats);
	printf("\n");
}

static void bench_lab(const struct lab *lab, const struct suite *suite, int runs)
{
	static const char *const names[COMMANDS] = {
		"Bats, empty tests", "the reference", "the skeleton", "a program that hangs",
	};
	char *empty = write_empty_suite(lab, suite->count), *target = lab->target;
	char *commands[COMMANDS][6] = {
		{"bats", "--tap", empty},
		{"build/bin/check", "--from", "solutions", target},
		{"build/bin/check", "--from", "starter", target},
		{"build/bin/check", "--from", "build/bench/hang", target},
	};
	static struct sample samples[COMMANDS];
	double wall_of_bats = 0, cpu_of_bats = 0;

	for (int run = 0; run < runs; run++)
		for (int i = 0; i < COMMANDS; i++)
			if (i < COMMANDS - 1 || run < 3)
				measure(commands[i], &samples[i], run);
	printf("%s, %zu checks\n", lab->folder, suite->count);
	for (int i = 0; i < COMMANDS; i++) {
		int count = i < COMMANDS - 1 || runs < 3 ? runs : 3;
		double wall = median(samples[i].wall, count), cpu = median(samples[i].cpu, count);

		print_row(names[i], wall, cpu, wall_of_bats, cpu_of_bats);
		if (i == 0) {
			wall_of_bats = wall;
			cpu_of_bats = cpu;
		}
	}
	fflush(stdout);
	free(empty);
}

int main(int argc, char **argv)
{
	static struct labs labs;
	static struct suite suites[LABS_MAX];
	char *all_labs[LABS_MAX + 4] = {"build/bin/check", "--from", "solutions"};
	static struct sample sample;
	int runs = 5, first = 1;

	if (argc > 2 && strcmp(argv[1], "--runs") == 0) {
		runs = atoi(argv[2]);
		first = 3;
	}
	if (runs < 1 || runs >= RUNS_MAX || (argc > first && argv[first][0] == '-')) {
		fputs(usage, argc > 1 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
		return argc > 1 && strcmp(argv[1], "--help") == 0 ? 0 : TROUBLE;
	}
	cases_read_labs(&labs, suites, NULL);
	run_shell("mkdir -p build/bench");
	write_hanging_tree(&labs);
	printf("%-30s %9s %9s %8s %8s\n", "", "wall", "CPU", "wall/", "CPU/");
	printf("%-30s %9s %9s %8s %8s\n", "", "", "", "Bats", "Bats");
	for (int i = 0; i < labs.count; i++) {
		bool wanted = first >= argc;

		for (int a = first; a < argc; a++)
			wanted |= labs_find(&labs, argv[a]) == i;
		if (wanted)
			bench_lab(&labs.at[i], &suites[i], runs);
	}
	if (first < argc)
		return 0;
	for (int i = 0; i < labs.count; i++)
		all_labs[3 + i] = labs.at[i].target;
	for (int run = 0; run < runs; run++)
		measure(all_labs, &sample, run);
	printf("all labs side by side\n");
	print_row("the references", median(sample.wall, runs), median(sample.cpu, runs), 0, 0);
	return 0;
}
