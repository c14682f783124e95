/*
 * grade: a class of submissions in, a gradebook out.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/labs.h"
#include "common/save.h"
#include "common/text.h"
#include "grade/intake/class.h"
#include "grade/compare.h"
#include "grade/doctor.h"
#include "grade/exports/exports.h"
#include "grade/fanout.h"
#include "grade/fill.h"
#include "grade/gradebook.h"
#include "grade/job.h"
#include "grade/progress.h"
#include "grade/roster.h"
#include "grade/run.h"
#include "grade/settle.h"
#include "grade/store.h"
#include "judge/suite.h"

/* Exit statuses. */
enum { DONE = 0, WRONG = 1, LOOK = 2 };

static const char usage[] =
"usage: grade [OPTION]... SUBMISSIONS OUT\n"
"       grade --compare OLD NEW\n"
"       grade --doctor\n"
"       grade fill OUT FILE...\n"
"       grade feedback OUT\n"
"       grade export FORMAT RESULT\n"
"       grade take SUBMISSION TREE\n"
"\n"
"Grades every submission in SUBMISSIONS, a folder or one archive, and writes\n"
"OUT/NAME/{result.json,report.txt}, OUT/gradebook.csv and OUT/summary.json.\n"
"Stopped at any moment, the same command goes on where it was.\n"
"\n"
"  -j, --jobs N     so many submissions at once (as many as processors)\n"
"  --lab LAB        only this lab: lab2 or tcp-client; may be given again\n"
"  --suites DIR     grade with the suites DIR/LAB/PROGRAM.bats, too\n"
"  --one            SUBMISSIONS is one student's work, whatever it looks like\n"
"  --keep           of what is not perfect, keep source and TAP in OUT/NAME/work\n"
"  --roster FILE    CSV of names and ids: who submitted nothing gets a row, too\n"
"  --override FILE  CSV who,lab,points,reason: what a person decided counts\n"
"  --due TIME       when all labs are due; LAB=TIME: this one; may be given again\n"
"  --late RULE      what lateness costs: '10%/day up to 5'\n"
"  --seed N         what the suites vary is made from this number\n"
"  --compare        who gains and who loses what from OLD to NEW, two such OUTs\n"
"  --doctor         attack every limit of this machine and say which holds\n"
"  --help           this\n"
"\n"
"Exit status: 0 every submission has its verdict; 1 wrong usage, or the grader\n"
"cannot work at all; 2 a person must look at some: the last lines say at which.\n";

struct options {
	const char *labs[LABS_MAX];
	int lab_count;
	const char *due[LABS_MAX + 1];
	int dues;
	const char *suites, *roster, *seed, *override, *late;
	int jobs;
	bool keep, compare, doctor, one;
	long job;               /* -1: this is no job */
};

static _Noreturn void wrong(const char *words)
{
	fprintf(stderr, "grade: %s\nTry `grade --help`.\n", words);
	exit(WRONG);
}

static long a_number(const char *text, long least, long most, const char *words)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || end == text || n < least || n > most)
		wrong(words);
	return n;
}

static void read_options(int argc, char **argv, struct options *o)
{
	enum { OVERRIDE = 300, DUE, LATE, ONE };
	enum { LAB = 256, SUITES, KEEP, ROSTER, SEED, COMPARE, DOCTOR, JOB, HELP };
	static const struct option options[] = {
		{ "jobs", required_argument, NULL, 'j' },
		{ "lab", required_argument, NULL, LAB },
		{ "suites", required_argument, NULL, SUITES },
		{ "keep", no_argument, NULL, KEEP },
		{ "roster", required_argument, NULL, ROSTER },
		{ "one", no_argument, NULL, ONE },
		{ "override", required_argument, NULL, OVERRIDE },
		{ "due", required_argument, NULL, DUE },
		{ "late", required_argument, NULL, LATE },
		{ "seed", required_argument, NULL, SEED },
		{ "compare", no_argument, NULL, COMPARE },
		{ "doctor", no_argument, NULL, DOCTOR },
		{ "job", required_argument, NULL, JOB },
		{ "help", no_argument, NULL, HELP },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	*o = (struct options){ .jobs = (int)sysconf(_SC_NPROCESSORS_ONLN), .job = -1 };
	while ((option = getopt_long(argc, argv, "j:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			o->jobs = (int)a_number(optarg, 1, 256, "-j wants a number from 1 to 256");
			break;
		case LAB:
			if (o->lab_count == LABS_MAX)
				wrong("too many labs");
			o->labs[o->lab_count++] = optarg;
			break;
		case SUITES: o->suites = optarg; break;
		case KEEP: o->keep = true; break;
		case ROSTER: o->roster = optarg; break;
		case ONE: o->one = true; break;
		case OVERRIDE: o->override = optarg; break;
		case LATE: o->late = optarg; break;
		case DUE:
			if (o->dues > LABS_MAX)
				wrong("too many due dates");
			o->due[o->dues++] = optarg;
			break;
		case SEED:
			a_number(optarg, 0, 999999999, "--seed wants a number");
			o->seed = optarg;
			break;
		case COMPARE: o->compare = true; break;
		case DOCTOR: o->doctor = true; break;
		case JOB:
			o->job = a_number(optarg, 0, LONG_MAX, "--job wants a number");
			break;
		case HELP:
			fputs(usage, stdout);
			exit(DONE);
		default:
			exit(WRONG);
		}
	}
}

/* ---- where things are ---------------------------------------------------- */

/* The repository: the program is build/bin/grade in it. */
static char *repository(char **program)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		die_errno(WRONG, "/proc/self/exe");
	path[n] = '\0';
	*program = need(strdup(path));
	for (int i = 0; i < 3 && strrchr(path, '/'); i++)
		*strrchr(path, '/') = '\0';
	return need(strdup(path));
}

static void choose_labs(struct run *run, const char *root, const struct options *o)
{
	char *path = text_format("%s/labs/labs.txt", root);
	struct labs *all = &run->table;
	bool wanted[LABS_MAX] = { false };

	if (labs_read(all, path) < 0)
		die_errno(WRONG, "%s", path);
	for (int i = 0; i < o->lab_count; i++) {
		int lab = labs_find(all, o->labs[i]);

		if (lab < 0)
			die(WRONG, "there is no lab '%s'; %s lists them", o->labs[i], path);
		wanted[lab] = true;
	}
	/* In the table's order, whatever the order of the options. */
	run->labs.count = 0;
	for (int i = 0; i < all->count; i++)
		if (o->lab_count == 0 || wanted[i])
			run->labs.at[run->labs.count++] = (struct lab){
				need(strdup(all->at[i].target)), need(strdup(all->at[i].folder)),
				need(strdup(all->at[i].program)), need(strdup(all->at[i].title))
			};
	free(path);
}

/* Due dates of single labs count before that of all, whatever the order. */
static void choose_policy(struct run *run, const struct options *o)
{
	const char *why = NULL;

	if (o->late && o->dues == 0)
		wrong("--late needs --due");
	for (int single = 1; single >= 0; single--)
		for (int i = 0; !why && i < o->dues; i++)
			if ((strchr(o->due[i], '=') != NULL) == single)
				why = due_set(&run->policy, &run->table, o->due[i]);
	if (!why && o->late)
		why = late_set(&run->policy, o->late);
	if (why)
		wrong(why);
	run->settles = o->override || run->policy.any;
}

static char *make_out(const char *given)
{
	char real[PATH_MAX], *hidden;
	static const char *const folders[] = { "", "/done", "/memo" };

	if (mkdir(given, 0755) < 0 && errno != EEXIST)
		die_errno(WRONG, "%s", given);
	if (!realpath(given, real))
		die_errno(WRONG, "%s", given);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		hidden = text_format("%s/.grade%s", real, folders[i]);
		if (mkdir(hidden, 0755) < 0 && errno != EEXIST)
			die_errno(WRONG, "%s", hidden);
		free(hidden);
	}
	return need(strdup(real));
}

static void on_alarm(int number)
{
	(void)number;           /* it only interrupts flock */
}

/* One grader an OUT. The guard of the jobs has the descriptor, too (see fanout.c), so
 * that after a kill the next grader waits for the last of them. */
static void lock_out(const char *out)
{
	struct sigaction action = { .sa_handler = on_alarm };
	char *path = run_file(out, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		die_errno(WRONG, "%s", path);
	sigaction(SIGALRM, &action, NULL);
	alarm(10);
	if (flock(fd, LOCK_EX) < 0)
		die(WRONG, "%s: %s", out, errno == EINTR ? "another grader is at work there"
		                                         : strerror(errno));
	alarm(0);
	free(path);
}

/* ---- the class ----------------------------------------------------------- */

/* A killed run leaves copies and unfinished files behind. */
static void remove_remains(const char *out)
{
	static const char *const files[] = { "gradebook.csv", "summary.json", NULL };
	char *unpacked = run_file(out, "class");

	stage_sweep();
	stage_remove(unpacked);
	remove_asides(out, files);
	free(unpacked);
}

static void find_class(struct run *run, const char *given, bool one, struct class *class)
{
	char *to = run_file(run->out, "class");
	char *words = class_find(class, given, one, to, run->out, &run->table, slot_user(1),
	                         &run->class, stdout);

	if (words)
		die(WRONG, "%s: %s", given, words);
	free(to);
}

static void write_plan(const struct run *run, const struct class *class)
{
	char *path = run_file(run->out, "plan");
	struct save file;

	if (save_begin(&file, path) < 0)
		die_errno(WRONG, "%s", path);
	for (int i = 0; i < class->count; i++)
		submission_write(&class->at[i], file.out);
	if (save_end(&file) < 0 || run_save(run) < 0)
		die_errno(WRONG, "%s", path);
	free(path);
}

/* A suite with a mistake in it stops the run before anybody is graded by it. */
static void check_suites(const struct run *run)
{
	for (int i = 0; i < run->labs.count; i++) {
		const struct lab *lab = &run->labs.at[i];

		for (int hidden = 0; hidden <= (run->hidden ? 1 : 0); hidden++) {
			char *path = text_format("%s/%s/%s/%s.bats", run->stage.dir,
			                         hidden ? "hidden" : "labs", lab->folder,
			                         lab->program);
			struct suite suite;
			char *why;

			if (!hidden || access(path, F_OK) == 0) {
				if (suite_read(&suite, path, &why) < 0) {
					/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): set */
					size_t stage = strlen(run->stage.dir);
					bool inside = strncmp(why, run->stage.dir, stage) == 0;

					die(WRONG, "%s", why + (inside ? stage + 1 : 0));
				}
				suite_free(&suite);
			}
			free(path);
		}
	}
}

/* What every result depends on: the suites and tools, this grader, the labs, the
 * seed, what this machine can enforce. */
static void run_identify(struct run *run, const char *program)
{
	char self[SHA256_TEXT];
	struct sha256 h;

	if (!sha256_file(program, self))
		die_errno(WRONG, "%s", program);
	sha256_begin(&h);
	sha256_field(&h, run->stage.sum, strlen(run->stage.sum));
	sha256_field(&h, self, strlen(self));
	sha256_field(&h, run->isolation, strlen(run->isolation));
	sha256_field(&h, run->seed, run->seed ? strlen(run->seed) : 0);
	for (int i = 0; i < run->labs.count; i++)
		sha256_field(&h, run->labs.at[i].folder, strlen(run->labs.at[i].folder));
	sha256_end(&h, run->sum);
}

/* ---- grading ------------------------------------------------------------- */

struct grading {
	const struct class *class;
	struct progress progress;
	char *state;            /* of each submission; 0: nothing heard of it */
	bool second;            /* the second try: counted already */
};

static void take_line(void *context, const struct job_line *line)
{
	struct grading *g = context;

	if (!line) {
		progress_tick(&g->progress);
		return;
	}
	if (line->index < 0 || line->index >= g->class->count)
		return;
	g->state[line->index] = (char)line->state;
	progress_take(&g->progress, g->class->at[line->index].name, line);
}

/* The submissions that still have no verdict. */
static long *open_ones(const struct grading *g, int *count)
{
	long *index = need(calloc((size_t)g->class->count + 1, sizeof(*index)));

	*count = 0;
	for (int i = 0; i < g->class->count; i++)
		if (g->state[i] != JOB_GRADED && g->state[i] != JOB_KEPT)
			index[(*count)++] = i;
	return index;
}

static void grade_class(const struct run *run, const struct class *class,
                        const char *program, int jobs)
{
	struct grading g = { .class = class, .state = need(calloc((size_t)class->count + 1, 1)) };
	char *why = NULL;
	long *index;
	int count;

	index = open_ones(&g, &count);
	progress_begin(&g.progress, count);
	if (count > 0 && fanout(run->out, program, index, count, jobs, take_line, &g, &why) < 0)
		die(WRONG, "%s", why);
	progress_end(&g.progress);
	free(index);
	/* What the machine could not do: once more, with nothing beside it. */
	index = open_ones(&g, &count);
	if (count > 0) {
		printf("%d could not be judged; trying again, one at a time\n", count);
		progress_begin(&g.progress, count);
		if (fanout(run->out, program, index, count, 1, take_line, &g, &why) < 0)
			die(WRONG, "%s", why);
		progress_end(&g.progress);
	}
	for (int i = 0; i < count; i++)
		if (g.state[index[i]] == 0 &&
		    job_bury(run->out, index[i], "the grader's own process ended early") < 0)
			complain("%s: %s", class->at[index[i]].name, strerror(errno));
	free(index);
	free(g.state);
}

static void say_end(const struct run *run, const struct tally *tally, bool roster, int64_t ms)
{
	struct rusage r;

	getrusage(RUSAGE_CHILDREN, &r);
	printf("%d submission%s: %d graded, %d could not be judged", tally->submissions,
	       tally->submissions == 1 ? "" : "s", tally->graded, tally->errors);
	if (roster)
		printf("; %d handed in nothing, %d not on the roster", tally->missing,
		       tally->strangers);
	printf("\n%lld.%lld s, %ld s of CPU; isolation: %s\n", (long long)ms / 1000,
	       (long long)ms / 100 % 10, (long)(r.ru_utime.tv_sec + r.ru_stime.tv_sec),
	       run->isolation);
	printf("%s/gradebook.csv\n", run->out);
	gradebook_say_looks(run, stdout);
}

static char *stage_to_remove;

static void on_signal(int number)
{
	/* The jobs end with this process (see fanout.c); their copies go, too. */
	if (stage_to_remove) {
		/* What stage_remove would do, with calls that a handler may make:
		 * signal-safety(7). */
		pid_t pid = fork();

		if (pid == 0) {
			execl("/bin/rm", "rm", "-rf", "--", stage_to_remove, (char *)NULL);
			_exit(127);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	_exit(128 + number);
}

/* What is ignored stays ignored: nohup(1). */
static void stop_at(int number)
{
	if (signal(number, SIG_IGN) != SIG_IGN)
		signal(number, on_signal);
}

/* However the grader ends, but by a signal. */
static void forget_stage(void)
{
	if (stage_to_remove)
		stage_remove(stage_to_remove);
	stage_to_remove = NULL;
}

static int grade(const struct options *o, const char *submissions, const char *out)
{
	struct run run = { .keep = o->keep, .hidden = o->suites != NULL };
	struct roster roster = { NULL, 0 };
	char *program, *root = repository(&program), *why = NULL;
	int64_t began = now_ms();
	struct class class;
	struct tally tally;

	if (o->roster && roster_read(&roster, o->roster, &why) < 0)
		die(WRONG, "%s", why);
	choose_labs(&run, root, o);
	choose_policy(&run, o);
	run.seed = o->seed ? need(strdup(o->seed)) : NULL;
	run.out = make_out(out);
	lock_out(run.out);
	remove_remains(run.out);
	find_class(&run, submissions, o->one, &class);
	if (o->override && orders_read(&class, &run.table, o->roster ? &roster : NULL,
	                               o->override, &why) < 0)
		die(WRONG, "%s", why);
	if (stage_make(&run.stage, root, &run.labs, o->suites, &why) < 0)
		die(WRONG, "%s", why);
	stage_to_remove = run.stage.dir;
	atexit(forget_stage);
	check_suites(&run);
	stop_at(SIGINT);
	stop_at(SIGTERM);
	stop_at(SIGHUP);
	run.isolation = need(strdup(doctor_isolation(&run)));
	run_identify(&run, program);
	write_plan(&run, &class);
	grade_class(&run, &class, program, o->jobs);
	if (gradebook_write(&run, &class, o->roster ? &roster : NULL, &tally) < 0)
		die_errno(WRONG, "%s/gradebook.csv", run.out);
	say_end(&run, &tally, o->roster != NULL, now_ms() - began);
	forget_stage();
	roster_free(&roster);
	class_free(&class);
	run_free(&run);
	free(program);
	free(root);
	return tally.looks ? LOOK : DONE;
}

/* What would be taken from the folder SUBMISSION, as the program tree TREE. */
static int take(const char *submission, const char *tree)
{
	char *program, *root = repository(&program);
	char *path = text_format("%s/labs/labs.txt", root);
	int fd = open(submission, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct class class;
	struct intake in;
	struct labs labs;
	int taken = 0;

	if (labs_read(&labs, path) < 0)
		die_errno(WRONG, "%s", path);
	if (fd < 0 || (mkdir(tree, 0755) < 0 && errno != EEXIST))
		die_errno(WRONG, "%s", fd < 0 ? submission : tree);
	class_of_one(&class, submission);
	submission_intake(&in, &labs, NULL, fd, &class.at[0], slot_user(1));
	for (int i = 0; i < labs.count; i++) {
		char *folder = text_format("%s/%s", tree, labs.at[i].folder);
		char *file = text_format("%s/%s.c", folder, labs.at[i].program);
		struct save save;

		if (in.source[i].status == SOURCE_TAKEN) {
			mkdir(folder, 0755);
			if (save_begin(&save, file) < 0)
				die_errno(WRONG, "%s", file);
			fwrite(in.source[i].data, 1, in.source[i].size, save.out);
			if (save_end(&save) < 0)
				die_errno(WRONG, "%s", file);
			taken++;
		} else if (in.source[i].words) {
			printf("%s: %s\n", labs.at[i].folder, in.source[i].words);
		}
		free(folder);
		free(file);
	}
	if (in.notes)
		fputs(in.notes, stdout);
	printf("%d of %d labs are in %s\n", taken, labs.count, tree);
	close(fd);
	intake_free(&in);
	class_free(&class);
	labs_free(&labs);
	free(path);
	free(root);
	free(program);
	return DONE;
}

int main(int argc, char **argv)
{
	const char *out = getenv("GRADE_OUT");
	struct options o;
	char *program;

	if (argc > 1 && strcmp(argv[1], "fill") == 0)
		return fill_main(argc - 1, argv + 1, repository(&program), stdout);
	if (argc == 3 && strcmp(argv[1], "feedback") == 0)
		return feedback_main(argv[2], stdout);
	if (argc == 4 && strcmp(argv[1], "export") == 0)
		return export_main(argv[2], argv[3], stdout);
	if (argc == 4 && strcmp(argv[1], "take") == 0)
		return take(argv[2], argv[3]);
	read_options(argc, argv, &o);
	if (o.job >= 0) {
		if (!out)
			wrong("--job is for the grader itself");
		return job_run(out, o.job);
	}
	if (o.doctor)
		return doctor_main(stdout);
	if (argc - optind != 2)
		wrong(o.compare ? "--compare wants two folders, OLD and NEW"
		                : "a folder of submissions and a folder for results, please");
	if (!*argv[optind] || !*argv[optind + 1])
		wrong("whose submissions, and where to? make grade SUBMISSIONS=DIR OUT=DIR");
	if (o.compare)
		return compare_main(argv[optind], argv[optind + 1], stdout);
	return grade(&o, argv[optind], argv[optind + 1]);
}
