#include "grade/job.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/save.h"
#include "common/text.h"
#include "grade/intake/class.h"
#include "grade/intake/record.h"
#include "grade/compile.h"
#include "grade/report.h"
#include "grade/run.h"
#include "grade/settle.h"
#include "grade/intake/source.h"
#include "grade/store.h"
#include "grade/trial.h"

/* ---- the line ------------------------------------------------------------ */

bool job_line_parse(const char *line, struct job_line *job)
{
	char state;
	int used = 0;

	memset(job, 0, sizeof(*job));
	if (sscanf(line, "%ld\t%c\t%d\t%d\t%d\t%n", &job->index, &state, &job->score,
	           &job->max, &job->stars, &used) < 5 || used == 0 ||
	    !strchr("GKE", state))
		return false;
	job->state = (enum job_state)state;
	snprintf(job->words, sizeof(job->words), "%.*s", (int)strcspn(line + used, "\n"),
	         line + used);
	return true;
}

static void job_line_print(long index, enum job_state state,
                           const struct submission_result *result)
{
	int score = 0, max = 0, stars = 0;
	char words[160] = "", line[400];
	bool anything = false;
	size_t put = 0;
	int n;

	for (size_t i = 0; result && i < result->count; i++)
		anything = anything || result->labs[i]->status != LAB_NOT_SUBMITTED;
	for (size_t i = 0; result && i < result->count; i++) {
		const struct lab_result *lab = result->labs[i];

		score += lab->score;
		max += lab->max;
		stars += lab->stars;
		/* Labs still to come are no news. */
		if (anything && lab->status == LAB_NOT_SUBMITTED)
			continue;
		if (lab->status != LAB_GRADED && put < sizeof(words)) {
			n = snprintf(words + put, sizeof(words) - put, "%s%s %s", put ? ", " : "",
			             lab->lab, lab_status_word(lab->status));
			put += n > 0 ? (size_t)n : 0;
		}
	}
	if (result && !anything)
		snprintf(words, sizeof(words), "nothing submitted");
	n = snprintf(line, sizeof(line), "%ld\t%c\t%d\t%d\t%d\t%s\n", index, (char)state, score,
	             max, stars, words);
	/* One write: lines of several jobs do not mix (PIPE_BUF). */
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(1);
}

/* ---- one submission ------------------------------------------------------ */

struct job {
	struct run run;
	struct submission *submission;
	struct intake intake;
	uid_t uid;
	char key[SHA256_TEXT];
	char *folder;           /* OUT/NAME */
	struct lab_result *lab[2 * LABS_MAX];
	struct suite *suite[2 * LABS_MAX];
	int labs;
};

static int job_load(struct job *job, const char *out, long index)
{
	char *path = run_file(out, "plan"), *line = NULL;
	FILE *plan = fopen(path, "re");
	size_t size = 0;
	long at = 0;

	memset(job, 0, sizeof(*job));
	free(path);
	if (!plan || run_load(&job->run, out) < 0) {
		if (plan)
			fclose(plan);
		return -1;
	}
	while (getline(&line, &size, plan) >= 0 && at++ < index)
		;
	fclose(plan);
	if (at == index + 1)
		job->submission = submission_parse(line);
	free(line);
	if (!job->submission)
		return -1;
	job->folder = text_format("%s/%s", out, job->submission->folder);
	return 0;
}

static void job_free(struct job *job)
{
	for (int i = 0; i < job->labs; i++) {
		lab_result_free(job->lab[i]);
		suite_free(job->suite[i]);
		free(job->suite[i]);
	}
	intake_free(&job->intake);
	submission_free(job->submission);
	free(job->folder);
	run_free(&job->run);
}

/* Everything the submission's result depends on. */
static void job_identify(struct job *job)
{
	const struct submission *s = job->submission;
	char sum[SHA256_TEXT];
	struct sha256 h;

	intake_sum(&job->intake, sum);
	sha256_begin(&h);
	sha256_field(&h, job->run.sum, strlen(job->run.sum));
	sha256_field(&h, s->name, strlen(s->name));
	sha256_field(&h, sum, strlen(sum));
	settle_sum(&h, s, &job->intake, &job->run.policy);
	sha256_end(&h, job->key);
}

/* Reads the suite of LAB in the folder WHERE of the stage. NULL if it is one of the
 * instructor's own and they have none for this lab. One that should be there and cannot
 * be read becomes a suite without checks, which no result can be graded by. */
static struct suite *suite_of(const struct job *job, const struct lab *lab, const char *where)
{
	char *path = text_format("%s/%s/%s/%s.bats", job->run.stage.dir, where, lab->folder,
	                         lab->program);
	struct suite *suite = need(calloc(1, sizeof(*suite)));
	char *why = NULL;

	if (access(path, F_OK) != 0 && strcmp(where, "labs") != 0) {
		free(suite);
		suite = NULL;
	} else if (suite_read(suite, path, &why) < 0) {
		complain("%s", why);
		memset(suite, 0, sizeof(*suite));
	}
	free(why);
	free(path);
	return suite;
}

/* OUT/NAME/work/LAB, with the source as it was judged. NULL unless it is wanted. */
static char *keep_folder(const struct job *job, const struct lab *lab,
                         const struct source *source)
{
	char *path, *file;
	FILE *out;

	if (!job->run.keep)
		return NULL;
	path = text_format("%s/work", job->folder);
	mkdir(path, 0755);
	free(path);
	path = text_format("%s/work/%s", job->folder, lab->folder);
	mkdir(path, 0755);
	file = text_format("%s/%s.c", path, lab->program);
	out = fopen(file, "we");
	if (out) {
		fwrite(source->data, 1, source->size, out);
		fclose(out);
	}
	free(file);
	return path;
}

/* A lab in which all is well needs no folder to look into. */
static void drop_folder(const char *folder, const struct lab_result *result)
{
	if (folder && result->status == LAB_GRADED && result->score == result->max &&
	    result->stars == result->max_stars)
		stage_remove(folder);
}

/* Adds a result; a suite that the instructor does not have makes none. */
static void add_result(struct job *job, struct suite *suite, struct lab_result *result)
{
	job->suite[job->labs] = suite;
	job->lab[job->labs++] = result;
}

static void judge(struct job *job, const struct lab *lab, enum lab_status status,
                  const char *words, const char *where, const char *name)
{
	struct suite *suite = suite_of(job, lab, where);

	if (!suite)
		return;
	if (suite->count == 0) {
		status = LAB_HARNESS_ERROR;
		words = "its suite cannot be read";
	}
	add_result(job, suite, lab_result_new(name, suite, status, words));
}

/* Runs the suite of LAB in the folder WHERE, or remembers what it said. PROGRAMS are
 * built when they are needed for the first time; *STATUS and *WORDS are what came of
 * that. */
static void try_lab(struct job *job, const struct lab *lab, const struct source *source,
                    struct programs *programs, enum lab_status *status, char **words,
                    const char *where, const char *name)
{
	struct suite *suite = suite_of(job, lab, where);
	struct trial trial = {
		.run = &job->run, .lab = lab, .suite = suite, .folder = where, .name = name,
		.uid = job->uid
	};
	struct lab_result *result;
	char sum[SHA256_TEXT], *keep;

	if (!suite)
		return;
	if (suite->count == 0) {
		add_result(job, suite, lab_result_new(name, suite, LAB_HARNESS_ERROR,
		                                      "its suite cannot be read"));
		return;
	}
	sha256_of(source->data, source->size, sum);
	trial.keep = keep = keep_folder(job, lab, source);
	result = trial_remembered(&trial, sum);
	if (!result && !*words) {
		switch (compile(&job->run, lab, source, job->uid, programs, words)) {
		case COMPILE_OK: break;
		case COMPILE_FAILED: *status = LAB_BUILD_FAILED; break;
		case COMPILE_HARNESS: *status = LAB_HARNESS_ERROR; break;
		}
	}
	if (!result && *status != LAB_GRADED)
		result = lab_result_new(name, suite, *status, *words);
	if (!result)
		result = trial_run(&trial, programs, sum);
	add_result(job, suite, result);
	drop_folder(keep, result);
	free(keep);
}

static void grade_lab(struct job *job, int index)
{
	const struct lab *lab = &job->run.labs.at[index];
	const struct source *source = &job->intake.source[index];
	struct programs programs = { { NULL, 0 }, { NULL, 0 } };
	enum lab_status status = LAB_GRADED;
	char *words = NULL;

	for (int hidden = 0; hidden <= (job->run.hidden ? 1 : 0); hidden++) {
		const char *where = hidden ? "hidden" : "labs";
		char *name = text_format("%s%s", hidden ? "hidden/" : "", lab->folder);
		char *none = text_format("there is no %s/%s.c", lab->folder, lab->program);

		if (source->status == SOURCE_ABSENT)
			judge(job, lab, LAB_NOT_SUBMITTED, none, where, name);
		else if (source->status == SOURCE_REJECTED)
			judge(job, lab, LAB_REJECTED, source->words, where, name);
		else
			try_lab(job, lab, source, &programs, &status, &words, where, name);
		free(name);
		free(none);
	}
	programs_free(&programs);
	free(words);
}

static int save_report(const struct job *job, const struct submission_result *result)
{
	char *path = text_format("%s/report.txt", job->folder);
	struct save file;
	int done = save_begin(&file, path);

	if (done == 0) {
		report_write(file.out, result, job->intake.notes);
		done = save_end(&file);
	}
	free(path);
	return done;
}

/* The report first, the result after it, the mark last: whatever the moment at which
 * it is interrupted, a mark vouches for two whole files. */
static int save_all(struct job *job, struct submission_result *result, bool final)
{
	/* It adds to the notes, which the report and the record show. */
	char *settled = settle(job->submission, &job->intake, &job->run.table, &job->run.policy,
	                       job->lab, job->labs);
	char *record = intake_record(&job->intake, job->submission);
	char *more = text_format("%s%s%s", record, settled ? ",\n  " : "", settled ? settled : "");
	char *path = text_format("%s/result.json", job->folder);
	int done = -1;

	result->more = more;
	if ((mkdir(job->folder, 0755) == 0 || errno == EEXIST) &&
	    save_report(job, result) == 0 && result_save(path, result) == 0)
		done = final ? store_mark(job->run.out, job->submission->folder, job->key) : 0;
	result->more = NULL;
	free(more);
	free(record);
	free(settled);
	free(path);
	return done;
}

static bool any_error(const struct submission_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->labs[i]->status == LAB_HARNESS_ERROR)
			return true;
	return false;
}

/* The grader's own end must end the job, and with it its boxes. */
static void die_with_parent(void)
{
	const char *grader = getenv("GRADE_PID");

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (grader && kill((pid_t)atol(grader), 0) < 0 && errno == ESRCH)
		_exit(1);
}

static int open_class(const struct run *run)
{
	return open(run->class, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int job_run(const char *out, long index)
{
	static const char *const files[] = { "result.json", "report.txt", NULL };
	const char *slot = getenv("PARALLEL_JOBSLOT");
	struct submission_result result;
	struct job job;
	bool error;
	int class_fd, status = 0;

	die_with_parent();
	if (job_load(&job, out, index) < 0)
		die(1, "job %ld: there is no such submission", index);
	if ((class_fd = open_class(&job.run)) < 0)
		die_errno(1, "%s", job.run.class);
	job.uid = slot_user(slot ? atoi(slot) : 1);
	submission_intake(&job.intake, &job.run.table, &job.run.labs, class_fd, job.submission, job.uid);
	close(class_fd);
	orders_apply(job.submission, &job.intake);
	job_identify(&job);
	if (store_done(out, job.submission->folder, job.key)) {
		job_line_print(index, JOB_KEPT, NULL);
		job_free(&job);
		return 0;
	}
	store_unmark(out, job.submission->folder);
	mkdir(job.folder, 0755);
	remove_asides(job.folder, files);
	for (int i = 0; i < job.run.labs.count; i++)
		grade_lab(&job, i);
	result = (struct submission_result){
		.submission = job.submission->name, .isolation = job.run.isolation,
		.labs = job.lab, .count = (size_t)job.labs
	};
	error = any_error(&result);
	if (save_all(&job, &result, !error) < 0) {
		complain("%s: %s", job.folder, strerror(errno));
		status = 1;
	} else {
		job_line_print(index, error ? JOB_ERROR : JOB_GRADED, &result);
	}
	job_free(&job);
	return status;
}

int job_bury(const char *out, long index, const char *why)
{
	struct submission_result result;
	struct job job;
	int done;

	if (job_load(&job, out, index) < 0)
		return -1;
	intake_begin(&job.intake, &job.run.labs);
	for (int i = 0; i < job.run.labs.count; i++) {
		const struct lab *lab = &job.run.labs.at[i];
		char *hidden = text_format("hidden/%s", lab->folder);

		judge(&job, lab, LAB_HARNESS_ERROR, why, "labs", lab->folder);
		if (job.run.hidden)
			judge(&job, lab, LAB_HARNESS_ERROR, why, "hidden", hidden);
		free(hidden);
	}
	result = (struct submission_result){
		.submission = job.submission->name, .isolation = job.run.isolation,
		.labs = job.lab, .count = (size_t)job.labs
	};
	store_unmark(out, job.submission->folder);
	done = save_all(&job, &result, false);
	job_free(&job);
	return done;
}
