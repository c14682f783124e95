#include "grade/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"

/* ---- files --------------------------------------------------------------- */

/* Copies the regular file FROM to TO and adds it to SUM under NAME. Returns 0, or -1
 * with errno. */
static int copy_file(const char *from, const char *to, mode_t mode, struct sha256 *sum,
                     const char *name)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, result = 0;
	char bytes[65536];
	ssize_t n;

	if (in < 0)
		return -1;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (out < 0) {
		close(in);
		return -1;
	}
	sha256_field(sum, name, strlen(name));
	while ((n = read(in, bytes, sizeof(bytes))) > 0) {
		sha256_field(sum, bytes, (size_t)n);
		if (write(out, bytes, (size_t)n) != n)
			result = -1;
	}
	if (n < 0 || fchmod(out, mode) < 0)
		result = -1;
	close(in);
	if (close(out) < 0)
		result = -1;
	return result;
}

/* Copies every regular file of the folder FROM but those that are SKIPped. */
static int copy_folder(const char *from, const char *to, mode_t mode, const char *skip,
                       struct sha256 *sum)
{
	struct dirent **names = NULL;
	int count = scandir(from, &names, NULL, alphasort), result = count < 0 ? -1 : 0;

	if (mkdir(to, 0755) < 0 && errno != EEXIST)
		result = -1;
	for (int i = 0; i < count; i++) {
		char *source = text_format("%s/%s", from, names[i]->d_name);
		char *target = text_format("%s/%s", to, names[i]->d_name);
		struct stat st;

		if (result == 0 && strcmp(names[i]->d_name, skip) != 0 &&
		    stat(source, &st) == 0 && S_ISREG(st.st_mode))
			result = copy_file(source, target, mode, sum, names[i]->d_name);
		free(source);
		free(target);
		free(names[i]);
	}
	free(names);
	return result;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void stage_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *where_stages_are(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && *tmp ? tmp : "/tmp";
}

static const char stage_prefix[] = "socket-labs-grade-";

/* Inherited on purpose: the jobs of a killed grader still need it for a moment. */
static void hold(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	if (fd >= 0)
		flock(fd, LOCK_SH | LOCK_NB);
}

void stage_sweep(void)
{
	DIR *dir = opendir(where_stages_are());
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct stat st;
		char *path;
		int fd;

		if (strncmp(entry->d_name, stage_prefix, strlen(stage_prefix)) != 0)
			continue;
		fd = openat(dirfd(dir), entry->d_name,
		            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		path = text_format("%s/%s", where_stages_are(), entry->d_name);
		if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
		    time(NULL) - st.st_mtime > 60 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			stage_remove(path);
		free(path);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

/* ---- the compiler and Bats ----------------------------------------------- */

static char *first_line_of(const char *command)
{
	FILE *out = popen(command, "re");
	char *line = NULL;
	size_t size = 0;

	if (out && getline(&line, &size, out) < 0) {
		free(line);
		line = NULL;
	}
	if (out)
		pclose(out);
	return line ? line : need(strdup(""));
}

int stage_read_flags(struct stage *stage, const char *root, char **why)
{
	char *path = text_format("%s/build/student.flags", root);
	char **line[3] = { &stage->compiler, &stage->flags, &stage->san_flags };
	FILE *in = fopen(path, "re");
	int n = 0;

	if (!in) {
		*why = text_format("%s: %s (run `make grader` first)", path, strerror(errno));
		free(path);
		return -1;
	}
	for (; n < 3; n++) {
		size_t size = 0;

		*line[n] = NULL;
		if (getline(line[n], &size, in) < 0)
			break;
		(*line[n])[strcspn(*line[n], "\n")] = '\0';
	}
	fclose(in);
	if (n < 3)
		*why = text_format("%s: three lines are expected", path);
	free(path);
	return n < 3 ? -1 : 0;
}

/* What runs the suites: the project's own runner, or with RUNNER=bats Bats. Bats below
 * /usr is in every box; another one (npm's, a checkout) comes along. */
static int copy_bats(struct stage *stage, struct sha256 *sum, char **why)
{
	const char *runner = getenv("RUNNER");
	char *found, real[PATH_MAX], *home, *inner;

	if (!runner || strcmp(runner, "bats") != 0) {
		/* The project's own is among the tools. */
		stage->bats = need(strdup("/srv/build/bin/runner"));
		return 0;
	}
	found = first_line_of("command -v bats");
	found[strcspn(found, "\n")] = '\0';
	if (!*found || !realpath(found, real)) {
		*why = text_format("bats is not installed (Debian, Ubuntu: apt install bats)");
		free(found);
		return -1;
	}
	/* A test of Bats has Bats' own inner programs in PATH before the outer one. */
	inner = strstr(real, "/libexec/bats-core/bats");
	if (inner)
		memcpy(inner, "/bin/bats", sizeof("/bin/bats"));
	sha256_field(sum, real, strlen(real));
	if (strncmp(real, "/usr/", 5) == 0) {
		stage->bats = need(strdup(real));
		free(found);
		return 0;
	}
	/* DIR/bin/bats, DIR/lib*, DIR/libexec */
	home = need(strdup(real));
	for (int i = 0; i < 2 && strrchr(home, '/'); i++)
		*strrchr(home, '/') = '\0';
	free(found);
	found = text_format("cp -RL -- '%s' '%s/bats' && chmod -R a+rX '%s/bats'", home,
	                    stage->dir, stage->dir);
	if (strchr(home, '\'') || system(found) != 0) {
		*why = text_format("%s: cannot be copied", home);
		free(found);
		free(home);
		return -1;
	}
	free(found);
	free(home);
	stage->bats = need(strdup("/srv/bats/bin/bats"));
	stage->bats_copied = true;
	return 0;
}

/* ---- all of it ----------------------------------------------------------- */

/* What suites load: every .bash file of the folder HELPERS (labs/, and the lab's own),
 * in the order of names. */
static int copy_helpers(const char *helpers, const char *to, struct sha256 *sum)
{
	char *pattern = text_format("%s/*.bash", helpers);
	glob_t found;
	int result = 0, globbed = glob(pattern, 0, NULL, &found);

	free(pattern);
	if (globbed != 0)
		return globbed == GLOB_NOMATCH ? 0 : -1;
	for (size_t i = 0; i < found.gl_pathc && result == 0; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		char *copy = text_format("%s/%s", to, name);

		result = copy_file(found.gl_pathv[i], copy, 0644, sum, name);
		free(copy);
	}
	globfree(&found);
	return result;
}

static int copy_suites(const char *from, const char *to, const struct labs *labs,
                       const char *common, struct sha256 *sum)
{
	int count = 0;
	char *own, *folder, *suite, *copy;

	if (mkdir(to, 0755) < 0)
		return -1;
	if (copy_helpers(common, to, sum) < 0)
		count = -1;
	for (int i = 0; i < labs->count && count >= 0; i++) {
		const struct lab *lab = &labs->at[i];
		bool copied;

		own = text_format("%s/%s", from, lab->folder);
		folder = text_format("%s/%s", to, lab->folder);
		suite = text_format("%s/%s.bats", own, lab->program);
		copy = text_format("%s/%s.bats", folder, lab->program);
		mkdir(folder, 0755);
		copied = copy_helpers(own, folder, sum) == 0 &&
		         copy_file(suite, copy, 0644, sum, lab->folder) == 0;
		if (copied)
			count++;
		else if (errno != ENOENT)
			count = -1;
		free(own);
		free(folder);
		free(suite);
		free(copy);
	}
	return count;
}

int stage_make(struct stage *stage, const char *root, const struct labs *labs,
               const char *suites, char **why)
{
	char *from, *to, *helpers, *version;
	struct sha256 sum, tools;
	int count;

	memset(stage, 0, sizeof(*stage));
	*why = NULL;
	if (stage_read_flags(stage, root, why) < 0)
		return -1;
	stage->dir = text_format("%s/%sXXXXXX", where_stages_are(), stage_prefix);
	if (!mkdtemp(stage->dir) || chmod(stage->dir, 0755) < 0) {
		*why = text_format("%s: %s", stage->dir, strerror(errno));
		return -1;
	}
	hold(stage->dir);
	sha256_begin(&sum);
	helpers = text_format("%s/labs", root);
	from = text_format("%s/labs", root);
	to = text_format("%s/labs", stage->dir);
	count = copy_suites(from, to, labs, helpers, &sum);
	if (count < labs->count)
		*why = text_format("%s: %s", from, count < 0 ? strerror(errno)
		                                             : "a lab has no suite");
	free(from);
	free(to);
	if (!*why && suites) {
		to = text_format("%s/hidden", stage->dir);
		count = copy_suites(suites, to, labs, helpers, &sum);
		if (count <= 0)
			*why = text_format("%s: %s", suites, count < 0 ? strerror(errno)
				: "holds no LAB/PROG.bats of the labs that are graded");
		free(to);
	}
	free(helpers);
	sha256_begin(&tools);
	for (int i = 0; i < 2 && !*why; i++) {
		from = text_format("%s/build/%s", root, i ? "lib" : "bin");
		to = text_format("%s/%s", stage->dir, i ? "lib" : "bin");
		if (copy_folder(from, to, 0755, "grade", &tools) < 0 && (i == 0 || errno != ENOENT))
			*why = text_format("%s: %s", from, strerror(errno));
		free(from);
		free(to);
	}
	sha256_end(&tools, stage->tools);
	sha256_field(&sum, stage->tools, strlen(stage->tools));
	if (*why || copy_bats(stage, &sum, why) < 0)
		return -1;
	sha256_field(&sum, stage->flags, strlen(stage->flags));
	sha256_field(&sum, stage->san_flags, strlen(stage->san_flags));
	from = text_format("%s --version 2>&1", stage->compiler);
	version = first_line_of(from);
	sha256_field(&sum, version, strlen(version));
	free(from);
	free(version);
	version = first_line_of("bats --version; bwrap --version");
	sha256_field(&sum, version, strlen(version));
	free(version);
	sha256_end(&sum, stage->sum);
	return 0;
}

void stage_free(struct stage *stage)
{
	free(stage->dir);
	free(stage->compiler);
	free(stage->flags);
	free(stage->san_flags);
	free(stage->bats);
	memset(stage, 0, sizeof(*stage));
}
