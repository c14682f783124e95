#include "check/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/text.h"

static const char usage[] =
"usage: check [--from DIR] [--only N] [--json FILE] [--name SUBMISSION] [--verbose]\n"
"             [--seed S] LAB...\n"
"       check [--from DIR] --built LAB...\n"
"       check --where\n"
"\n"
"  LAB        lab2, or its folder tcp-client\n"
"  --from     the tree of programs, DIR/LAB/PROG.c (labs), built by make\n"
"  --only     only check number N of the one LAB\n"
"  --json     also write the result as JSON to FILE\n"
"  --name     the submission's name in it (the last part of DIR)\n"
"  --verbose  the story of every failure, and what Bats said\n"
"  --seed     the number that a suite's random choices begin with\n"
"  --built    what the compiler said, and how to run the program by hand\n"
"  --where    where you stand in every lab, and what to do next\n"
"\n"
"Exit status: 0 every core point, or with --only that check; 1 not; 2 wrong usage;\n"
"3 it could not be judged.\n";

static _Noreturn void refuse(void)
{
	fputs(usage, stderr);
	exit(WRONG_USAGE);
}

static size_t number(const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '1' || *text > '9' || *end || errno || value > 9999)
		die(WRONG_USAGE, "--only wants a check's number, not %s", text);
	return (size_t)value;
}

/* FILE as seen from here, for we go elsewhere. */
static char *from_here(const char *file)
{
	char here[PATH_MAX];

	if (*file == '/' || !getcwd(here, sizeof(here)))
		return need(strdup(file));
	return text_format("%s/%s", here, file);
}

/* What is not given: a seed, a name, the words behind a command. */
static void complete(struct options *options)
{
	static char seed[16];
	uint16_t random = 1;
	const char *slash = strrchr(options->from, '/');

	if (!options->seed || !*options->seed) {
		if (getrandom(&random, sizeof(random), 0) < 0)
			random = (uint16_t)getpid();
		snprintf(seed, sizeof(seed), "%u", (unsigned)random);
		options->seed = seed;
	}
	if (!options->name)
		options->name = slash && slash[1] ? slash + 1 : options->from;
	options->own = strcmp(options->from, "labs") == 0;
	/* After the skeletons one goes on with one's own. */
	options->from_words = options->own || strcmp(options->from, "starter") == 0 ?
		need(strdup("")) : text_format(" FROM=%s", options->from);
}

int options_read(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ "from", required_argument, NULL, 'f' }, { "only", required_argument, NULL, 'o' },
		{ "json", required_argument, NULL, 'j' }, { "name", required_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },    { "seed", required_argument, NULL, 's' },
		{ "built", no_argument, NULL, 'b' },      { "where", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },       { NULL, 0, NULL, 0 }
	};
	size_t len;
	int c;

	*options = (struct options){ .from = "labs" };
	while ((c = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (c) {
		case 'f':
			for (len = strlen(optarg); len > 1 && optarg[len - 1] == '/'; len--)
				optarg[len - 1] = '\0';
			options->from = optarg;
			break;
		case 'o': options->only = number(optarg); break;
		case 'j': options->json = from_here(optarg); break;
		case 'n': options->name = optarg; break;
		case 'v': options->verbose = true; break;
		case 's': options->seed = optarg; break;
		case 'b': options->built = true; break;
		case 'w': options->where = true; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: refuse();
		}
	}
	if (options->where != (optind == argc) || (options->only && argc - optind != 1) ||
	    (options->only && options->json) || !*options->from)
		refuse();
	if (options->seed && strspn(options->seed, "0123456789") != strlen(options->seed))
		die(WRONG_USAGE, "--seed wants a number, not %s", options->seed);
	/* To the shell of the suites 08 would be a wrong octal number. */
	while (options->seed && options->seed[0] == '0' && options->seed[1])
		options->seed++;
	complete(options);
	return optind;
}

void options_free(struct options *options)
{
	free(options->json);
	free(options->from_words);
}
