#include "grade/doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/save.h"
#include "common/text.h"
#include "grade/caps.h"
#include "grade/compile.h"
#include "grade/jail.h"
#include "grade/store.h"

/* ---- what is attacked ---------------------------------------------------- */

enum expected {
	HELD,           /* the attack itself says that it failed */
	LATE,           /* ended at its deadline */
	FLOOD,          /* ended for printing without end */
	LEFT            /* whatever it leaves must be gone with the cell */
};

struct attack {
	const char *name;       /* for the program `attack` */
	enum expected expected;
	const char *what;
	const char *how;
	const char *get;        /* how to get it where it does not hold */
};

static const char userns[] = "allow unprivileged user namespaces (sysctl "
	"kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap)";
static const char kernel[] = "a kernel with seccomp filters, on x86-64 or AArch64";

static const struct attack attacks[] = {
	{ "network", HELD, "reach the network", "network namespace", userns },
	{ "abstract", HELD, "reach sockets outside", "network namespace", userns },
	{ "secrets", HELD, "read suites and solutions", "a root without them", userns },
	{ "outside", HELD, "write outside /tmp", "read-only root", userns },
	{ "file", HELD, "write a huge file", "RLIMIT_FSIZE", userns },
	{ "disk", HELD, "fill the disk", "tmpfs of 4 MiB", userns },
	{ "files", HELD, "make 20,000 files", "tmpfs of 256 inodes", userns },
	{ "forks", HELD, "fork without end", "RLIMIT_NPROC in its own user namespace",
	  "Linux 5.14 or newer" },
	{ "others", HELD, "see or kill others", "PID namespace", userns },
	{ "parent", HELD, "stop or trace its parent", "PID namespace, seccomp", kernel },
	{ "descriptors", HELD, "use others' descriptors", "closed on exec, init not dumpable",
	  userns },
	{ "daemon", LEFT, "stay after the end", "PID namespace", userns },
	{ "memory", HELD, "take memory, one process", "RLIMIT_AS 1 GiB", "" },
	{ "memories", HELD, "take memory, many processes", NULL, NULL },
	{ "memfd", HELD, "hide memory in files", "seccomp", kernel },
	{ "ipc", HELD, "leave shared memory", "IPC namespace", userns },
	{ "cpu", HELD, "use CPU without end", "RLIMIT_CPU", "" },
	{ "wall", LATE, "run without end", "deadline from outside", "" },
	{ "output", FLOOD, "print without end", "cap of 64 KiB", "" },
	{ "namespaces", HELD, "nest namespaces", "seccomp", kernel },
	{ "terminal", HELD, "type into the terminal", "seccomp", kernel },
	{ "core", HELD, "dump core", "RLIMIT_CORE 0", "" },
	{ "privileges", HELD, "win privileges", "no capabilities, no_new_privs", userns },
};
enum { ATTACKS = sizeof(attacks) / sizeof(attacks[0]) };

struct finding {
	bool holds;
	char words[200];        /* what the attack said, printable */
};

/* ---- the targets outside ------------------------------------------------- */

struct targets {
	int port_fd, name_fd;
	char port[8];
	char name[32];
	char secret[64];        /* a file of the machine's */
};

static void set_up(struct targets *t)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(in);
	int fd;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->port_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(t->port_fd, (void *)&in, sizeof(in)) < 0 || listen(t->port_fd, 8) < 0 ||
	    getsockname(t->port_fd, (void *)&in, &size) < 0)
		die_errno(1, "doctor: a listening socket");
	snprintf(t->port, sizeof(t->port), "%u", ntohs(in.sin_port));
	snprintf(t->name, sizeof(t->name), "socket-labs-%d", (int)getpid());
	memcpy(un.sun_path + 1, t->name, strlen(t->name));
	t->name_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(t->name_fd, (void *)&un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	         1 + strlen(t->name))) < 0 || listen(t->name_fd, 8) < 0)
		die_errno(1, "doctor: an abstract socket");
	snprintf(t->secret, sizeof(t->secret), "/tmp/socket-labs-secret-XXXXXX");
	fd = mkstemp(t->secret);
	if (fd < 0 || fchmod(fd, 0644) < 0 || write(fd, "int secret;\n", 12) != 12)
		die_errno(1, "doctor: %s", t->secret);
	close(fd);
}

static void take_down(struct targets *t)
{
	close(t->port_fd);
	close(t->name_fd);
	unlink(t->secret);
}

/* ---- attacks from a cell ------------------------------------------------- */

static char *slurp(const char *path, size_t *len)
{
	FILE *in = fopen(path, "re");
	char *data = NULL;
	size_t space = 0;

	*len = 0;
	while (in && !feof(in) && !ferror(in)) {
		if (*len == space) {
			space = space ? 2 * space : 65536;
			data = need(realloc(data, space));
		}
		*len += fread(data + *len, 1, space - *len, in);
	}
	if (in)
		fclose(in);
	return data;
}

/* For each attack one line: its name, how the launcher saw it end, its first line. */
static const char script[] =
	"ulimit -u 512\n"
	"attack() {\n"
	"  mkdir \"/dev/shm/$1\" && export CHECK_DIR=\"/dev/shm/$1\"\n"
	"  /srv/build/bin/launch run --within \"${within:-4000}\" a -- \"$ATTACK\" \"$@\" >&2\n"
	"  line=; read -r line <\"$CHECK_DIR/a.out\"\n"
	"  printf '%s\\t%s\\t%s\\n' \"$1\" \"$(<\"$CHECK_DIR/a.end\")\" \"${line:0:150}\"\n"
	"}\n"
	"for name in $5; do\n"
	"  case $name in\n"
	"  network) attack network \"$1\" ;; abstract) attack abstract \"$2\" ;;\n"
	"  secrets) attack secrets \"$3\" \"$4\" /srv/labs /srv/build /labs /solutions /root ;;\n"
	"  wall) within=300 attack wall ;;\n"
	"  *) attack \"$name\" ;;\n"
	"  esac\n"
	"done\n";

static const struct attack *find_attack(const char *name, size_t len, int *index)
{
	for (*index = 0; *index < ATTACKS; (*index)++)
		if (strlen(attacks[*index].name) == len &&
		    strncmp(attacks[*index].name, name, len) == 0)
			return &attacks[*index];
	return NULL;
}

static void judge_line(struct finding *findings, char *line)
{
	char *end = strchr(line, '\t'), *said = end ? strchr(end + 1, '\t') : NULL;
	const struct attack *attack;
	struct finding *f;
	int index;

	if (!said || !(attack = find_attack(line, (size_t)(end - line), &index)))
		return;
	*said++ = '\0';
	end++;
	f = &findings[index];
	text_escape(f->words, sizeof(f->words), *said ? said : end,
	            strlen(*said ? said : end), TEXT_PLAIN);
	switch (attack->expected) {
	case HELD:
		/* An attack that was ended by a limit did not get through, either. */
		f->holds = strncmp(said, "held:", 5) == 0 ||
		           (!*said && strncmp(end, "signal", 6) == 0);
		break;
	case LATE: f->holds = strcmp(end, "late") == 0; break;
	case FLOOD: f->holds = strcmp(end, "flood") == 0; break;
	case LEFT: f->holds = strncmp(said, "left", 4) == 0; break;
	}
	if (attack->expected != HELD)
		text_escape(f->words, sizeof(f->words), end, strlen(end), TEXT_PLAIN);
}

/* The attack's name, by which it is looked for: no other process of the machine has it. */
static char *attack_name(void)
{
	return text_format("attack%d", (int)getpid());
}

/* Does any process outside still run our attack? */
static bool somebody_stayed(void)
{
	char *name = attack_name();
	char *command = text_format("cat /proc/[0-9]*/comm 2>/dev/null | grep -cx %s", name);
	FILE *out = popen(command, "re");
	int count = 0;

	free(command);
	free(name);

	if (!out || fscanf(out, "%d", &count) != 1)
		count = -1;
	if (out)
		pclose(out);
	return count != 0;
}

static bool attack_cell(const struct run *run, const char *program, struct targets *t,
                        struct finding *findings, char **why)
{
	char *names = need(strdup("")), *name = attack_name(), *rest;
	const char *path;
	struct jail_end end;
	struct jail jail;
	size_t len;
	char *data = slurp(program, &len);
	int said, index;

	for (int i = 0; i < ATTACKS; i++) {
		char *longer = text_format("%s%s ", names, attacks[i].name);

		free(names);
		names = longer;
	}
	jail_begin(&jail, 16 << 20);
	jail_own(&jail, names);
	jail.uid = slot_user(1);
	jail.wall_ms = 60000;
	jail.cpu = 60;
	jail.fsize = 64ul << 20;
	jail.memory = 1024ul << 20;
	jail_add(&jail, "--proc", "/proc", "--ro-bind",
	         jail_own(&jail, text_format("%s/bin", run->stage.dir)), "/srv/build/bin", NULL);
	path = jail_own(&jail, text_format("/srv/programs/%s", name));
	free(name);
	jail_add(&jail, "--setenv", "ATTACK", path, NULL);
	if (!data || jail_show(&jail, path, "0555", data, len) < 0) {
		*why = text_format("%s: %s", program, strerror(errno));
		free(data);
		jail_free(&jail);
		return false;
	}
	free(data);
	jail_add(&jail, "--remount-ro", "/", "--", "/srv/build/bin/box", "--mode", "enforced",
	         "--", "/bin/bash", "-c", script, "doctor", t->port, t->name, t->secret,
	         run->stage.dir, names, NULL);
	said = jail_listen(&jail, 1, 65536, NULL, NULL);
	jail_listen(&jail, 2, 4096, NULL, NULL);
	end = jail_run(&jail);
	rest = jail.stream[said].kept;
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		judge_line(findings, line);
	if (!end.started || !jail.stream[said].kept)
		*why = text_format("%s", end.started ? jail.stream[said + 1].kept ?
		                   jail.stream[said + 1].kept : "ring 1 ended early" : end.words);
	if (find_attack("daemon", 6, &index) && somebody_stayed()) {
		findings[index].holds = false;
		snprintf(findings[index].words, sizeof(findings[index].words),
		         "a process is left");
	}
	jail_free(&jail);
	return !*why;
}

/* ---- attacks on the compiler --------------------------------------------- */

static struct finding attack_compiler(const struct run *run, const char *text,
                                      const char *words_if_held)
{
	struct lab lab = { .target = "lab", .folder = "attack", .program = "attack" };
	struct source source = { .status = SOURCE_TAKEN, .data = (char *)(uintptr_t)text,
	                         .size = strlen(text) };
	struct finding f = { .holds = false };
	struct programs programs;
	enum compile_end end;
	char *words;

	end = compile(run, &lab, &source, slot_user(1), &programs, &words);
	f.holds = end == COMPILE_FAILED && strlen(words) < 65536 &&
	          (!words_if_held || strstr(words, words_if_held));
	snprintf(f.words, sizeof(f.words), "%.*s", (int)strcspn(words, "\n"), words);
	free(words);
	programs_free(&programs);
	return f;
}

/* ---- the report ---------------------------------------------------------- */

struct health {
	int broken, best_effort;
};

static void say(FILE *out, struct health *h, const char *what, const char *how,
                const struct finding *f, bool best_effort, const char *get)
{
	const char *word = !f->holds ? "BROKEN" : best_effort ? "best effort" : "enforced";

	h->broken += !f->holds;
	h->best_effort += f->holds && best_effort;
	if (!out)
		return;
	fprintf(out, "%-28s %-11s %s\n", what, word, how);
	if (!f->holds)
		fprintf(out, "%-28s   %s\n", "", *f->words ? f->words : "the attack never ran");
	if ((!f->holds || best_effort) && get && *get)
		fprintf(out, "%-28s   to get it: %s\n", "", get);
}

static struct health examine_once(const struct run *run, const char *program, FILE *out)
{
	struct finding findings[ATTACKS] = { { .holds = false } };
	struct health h = { 0, 0 };
	struct targets targets;
	bool caps = caps_available();
	struct finding f;
	char *why = NULL, *text;

	set_up(&targets);
	if (!attack_cell(run, program, &targets, findings, &why)) {
		if (out)
			fprintf(out, "The boxes cannot be made: %s\n", why);
		free(why);
	}
	for (int i = 0; i < ATTACKS; i++) {
		const struct attack *a = &attacks[i];

		if (a->how)
			say(out, &h, a->what, a->how, &findings[i], false, a->get);
		else
			say(out, &h, a->what, caps ? "cgroup: MemoryMax, TasksMax"
			    : "watched every 50 ms, the largest process is ended", &findings[i],
			    !caps, "systemd with cgroup v2 (systemd-run --user --scope)");
	}
	text = text_format("#include \"%s\"\nint main(void) { return secret; }\n",
	                   targets.secret);
	f = attack_compiler(run, text, "No such file");
	say(out, &h, "include a secret file", "compiler in a box", &f, false, userns);
	free(text);
	f = attack_compiler(run, "#include __FILE__\n", NULL);
	say(out, &h, "make the compiler talk", "-fmax-errors, log capped", &f, false, "");
	take_down(&targets);
	return h;
}

/* A machine that is very busy can make a limit seem broken: what is broken is so twice. */
static struct health examine(const struct run *run, const char *program, FILE *out)
{
	struct health h = examine_once(run, program, NULL);

	if (h.broken || out)
		h = examine_once(run, program, out);
	return h;
}

static char *attack_program(const char *root)
{
	return text_format("%s/build/grade/attack", root);
}

static char *root_of_self(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 3 && strrchr(path, '/'); i++)
		*strrchr(path, '/') = '\0';
	return need(strdup(path));
}

int doctor_main(FILE *out)
{
	char *root = root_of_self(), *program = attack_program(root), *why = NULL;
	struct labs none = { .count = 0 };
	struct run run = { .keep = false };
	struct health h;

	if (stage_make(&run.stage, root, &none, NULL, &why) < 0)
		die(1, "%s", why);
	fprintf(out, "Attacking every limit as %s ...\n",
	        geteuid() == 0 ? "root (student code runs as a user of its own)"
	                       : "an ordinary user");
	fflush(out);
	h = examine(&run, program, out);
	stage_remove(run.stage.dir);
	if (h.broken)
		fprintf(out, "%d limit%s BROKEN: do not grade strangers' code here.\n", h.broken,
		        h.broken == 1 ? " is" : "s are");
	else if (h.best_effort)
		fprintf(out, "No attack got through. Results are stamped \"best effort\", because "
		        "%d limit%s not enforced by the kernel.\n", h.best_effort,
		        h.best_effort == 1 ? " is" : "s are");
	else
		fprintf(out, "No attack got through. Results are stamped \"enforced\".\n");
	stage_free(&run.stage);
	free(program);
	free(root);
	return h.broken ? 2 : 0;
}

/* ---- the stamp ----------------------------------------------------------- */

/* What was found is kept for this boot of this machine, this user, these tools. */
static char *known_key(const struct run *run)
{
	size_t len;
	char *boot = slurp("/proc/sys/kernel/random/boot_id", &len);
	char *key = text_format("%.*s %u %s %d", (int)(len > 36 ? 36 : len), boot ? boot : "",
	                        (unsigned)geteuid(), run->stage.tools, caps_available());

	free(boot);
	return key;
}

/* build/doctor.UID where that can be written, so that not every OUT costs an
 * examination; else in OUT. */
static char *known_path(const struct run *run, const char *root)
{
	char *path = text_format("%s/build/doctor.%u", root, (unsigned)geteuid());
	char *folder = text_format("%s/build", root);
	bool writable = access(folder, W_OK) == 0;

	free(folder);
	if (writable)
		return path;
	free(path);
	return run_file(run->out, "doctor");
}

static bool is_known(const char *path, const char *key, char *word, size_t size)
{
	char have[512] = "";
	FILE *in = fopen(path, "re");
	bool known = in && fgets(have, sizeof(have), in) && fgets(word, (int)size, in);

	if (in)
		fclose(in);
	have[strcspn(have, "\n")] = '\0';
	return known && strcmp(have, key) == 0;
}

const char *doctor_isolation(const struct run *run)
{
	char *root = root_of_self(), *program = attack_program(root), *key = known_key(run);
	char *path = known_path(run, root), word[32] = "";
	struct save file;

	if (!is_known(path, key, word, sizeof(word))) {
		struct health h = examine(run, program, NULL);

		if (h.broken)
			die(1, "%d limits do not hold on this machine; `grade --doctor` says which",
			    h.broken);
		snprintf(word, sizeof(word), "%s", h.best_effort ? "best effort" : "enforced");
		if (save_begin(&file, path) == 0) {
			fprintf(file.out, "%s\n%s\n", key, word);
			save_end(&file);
		}
	}
	free(path);
	free(key);
	free(program);
	free(root);
	return strncmp(word, "enforced", 8) == 0 ? "enforced" : "best effort";
}
