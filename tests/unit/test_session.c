#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text.h"
#include "run/session.h"

/* Sessions of shell scripts in the place of a box. */
static struct suite suite;

static void prepare(void)
{
	static const char text[] = "# bats test_tags=todo:1,points:2\n@test \"one\" {\n}\n"
	                           "# bats test_tags=todo:2,points:3\n@test \"two\" {\n}\n";
	FILE *in = fmemopen((char *)(size_t)text, sizeof(text) - 1, "r");
	char *why = NULL;

	cr_assert_eq(suite_read_from(&suite, in, "x.bats", &why), 0, "%s", why);
	fclose(in);
	sessions_prepare();
}

static void leave(void)
{
	suite_free(&suite);
}

TestSuite(session, .init = prepare, .fini = leave, .timeout = 30);

/* Holds what a session of SCRIPT points to. */
struct script {
	char *argv[6];
	char *env[3];
	struct session session;
};

static struct session *script(struct script *s, const char *text)
{
	*s = (struct script){
		.argv = { (char *)(size_t)"/bin/sh", (char *)(size_t)"-c", (char *)(size_t)text, NULL },
		.env = { (char *)(size_t)"PATH=/usr/bin:/bin", NULL }
	};
	s->session = (struct session){
		.lab = "x", .suite = &suite, .argv = s->argv, .env = s->env,
		.patience_ms = 10000, .limit_ms = 10000
	};
	return &s->session;
}

/* Runs TEXT alone; the caller frees the result. */
static struct lab_result *ran(const char *text)
{
	struct script s;
	struct session *session = script(&s, text);

	cr_expect_eq(sessions_run(&session, 1, 1), 0);
	return session->result;
}

static void reasons(const char *text, const char *expected)
{
	struct lab_result *lab = ran(text);
	const char *why = story_first(&lab->checks[1].story, STORY_HARNESS);

	cr_expect_eq(lab->status, LAB_HARNESS_ERROR);
	cr_expect(why && strstr(why, expected), "said '%s', not '%s'", why, expected);
	lab_result_free(lab);
}

/* Ends soon, if it has not ended yet: a signal to a whole group takes its time. */
static bool gone(pid_t pid)
{
	struct pollfd fd = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	bool ended;

	if (fd.fd < 0)
		return true;
	ended = poll(&fd, 1, 5000) > 0;
	close(fd.fd);
	return ended;
}

Test(session, reads_the_tap_of_what_it_runs)
{
	struct lab_result *lab = ran("echo 1..2; echo ok 1 one; echo not ok 2 two; echo '# symptom: x'");

	cr_expect_eq(lab->status, LAB_GRADED);
	cr_expect_eq(lab->score, 2);
	cr_expect_str_eq(story_first(&lab->checks[1].story, STORY_SYMPTOM), "x");
	lab_result_free(lab);
}

Test(session, has_neither_input_nor_terminal_nor_our_descriptors)
{
	int open_here[2];
	struct lab_result *lab;

	cr_assert_eq(pipe(open_here), 0);
	lab = ran("echo 1..2; [ -z \"$(cat)\" ] && ! (: >/dev/tty) 2>&- && echo ok 1 one;"
	          "[ \"$(ls /proc/self/fd | tr -d '\\n')\" = 0123 ] && echo ok 2 two");
	cr_expect_eq(lab->score, 5);
	lab_result_free(lab);
}

Test(session, has_the_signals_of_an_ordinary_program)
{
	struct lab_result *lab = ran("echo 1..2; trap 'echo ok 1 one' TERM INT; kill -INT $$;"
	                             "grep -q 'SigBlk:.0*$' /proc/self/status &&"
	                             "grep -q 'SigIgn:.*0...$' /proc/self/status && echo ok 2 two");

	cr_expect_eq(lab->score, 5);
	lab_result_free(lab);
}

Test(session, says_why_nothing_came)
{
	reasons("echo box: no network >&2; exit 125", "box: no network");
	reasons("kill -9 $$", "signal 9");
	reasons("exit 0", "the suite printed no plan");
	reasons("echo 1..2; echo ok 1 one; printf 'bad\\033[31m\\n' >&2", "bad\\x1B[31m");
}

Test(session, a_program_that_is_not_there_is_an_error)
{
	struct script s;
	struct session *session = script(&s, "");

	s.argv[0] = (char *)(size_t)"/nonexistent/box";
	cr_expect_eq(sessions_run(&session, 1, 1), 0);
	cr_expect_eq(session->result->status, LAB_HARNESS_ERROR);
	cr_expect(strstr(story_first(&session->result->checks[0].story, STORY_HARNESS),
	                 "/nonexistent/box: No such file or directory"));
	lab_result_free(session->result);
}

Test(session, has_a_deadline_for_the_first_byte)
{
	struct script s;
	struct session *session = script(&s, "sleep 20");
	int64_t began = now_ms();

	session->patience_ms = 100;
	cr_expect_eq(sessions_run(&session, 1, 1), 0);
	cr_expect_lt(now_ms() - began, 5000);
	cr_expect_eq(session->result->status, LAB_HARNESS_ERROR);
	lab_result_free(session->result);
}

Test(session, has_a_deadline_for_the_whole_and_keeps_what_came)
{
	struct script s;
	struct session *session = script(&s, "echo 1..2; echo ok 1 one; exec sleep 20");
	int64_t began = now_ms();

	session->limit_ms = 1000;
	cr_expect_eq(sessions_run(&session, 1, 1), 0);
	cr_expect_lt(now_ms() - began, 8000);
	cr_expect_eq(session->result->score, 2);
	cr_expect_str_eq(story_first(&session->result->checks[1].story, STORY_HARNESS),
	                 "it has no result: the suite was stopped after 1 seconds");
	lab_result_free(session->result);
}

Test(session, ends_who_ignores_the_polite_signal)
{
	struct script s;
	struct session *session = script(&s, "trap '' TERM; echo 1..2; while :; do sleep 1; done");

	session->limit_ms = 100;
	cr_expect_eq(sessions_run(&session, 1, 1), 0);
	cr_expect_eq(session->result->status, LAB_HARNESS_ERROR);
	lab_result_free(session->result);
}

Test(session, waits_for_nobody_who_keeps_the_pipe)
{
	struct script s;
	struct session *session = script(&s, "echo 1..2; echo ok 1 one; echo ok 2 two;"
	                                     "setsid sleep 20 & exit 0");
	int64_t began = now_ms();

	cr_expect_eq(sessions_run(&session, 1, 1), 0);
	cr_expect_lt(now_ms() - began, 5000);
	cr_expect_eq(session->result->score, 5);
	lab_result_free(session->result);
}

Test(session, stops_who_floods)
{
	int64_t began = now_ms();

	reasons("echo 1..2; echo ok 1 one; yes 'not ok 2 two flood of words without an end'",
	        "the suite said more than is read");
	reasons("echo 1..2; yes 'complaint' >&2 & sleep 0.2; kill $!", "complaint complaint");
	cr_expect_lt(now_ms() - began, 10000);
}

/* ---- several ------------------------------------------------------------------- */

Test(session, several_run_side_by_side)
{
	struct script scripts[2];
	struct session *both[2];
	char folder[] = "/tmp/test_session.XXXXXX", *text[2], *fifo;

	/* Each waits for the other: one after the other would take for ever. */
	cr_assert(mkdtemp(folder));
	for (int i = 0; i < 2; i++) {
		text[i] = text_format("cd %s; mkfifo x 2>&-; echo 1..2; %s; echo ok 1 one;"
		                      "echo ok 2 two", folder, i ? "read l <x" : "echo >x");
		both[i] = script(&scripts[i], text[i]);
	}
	cr_expect_eq(sessions_run(both, 2, 2), 0);
	cr_expect_eq(both[0]->result->score + both[1]->result->score, 10);
	for (int i = 0; i < 2; i++) {
		lab_result_free(both[i]->result);
		free(text[i]);
	}
	fifo = text_format("%s/x", folder);
	unlink(fifo);
	rmdir(folder);
	free(fifo);
}

Test(session, no_more_than_at_once)
{
	struct script scripts[4];
	struct session *all[4];
	char folder[] = "/tmp/test_session.XXXXXX", *text;

	cr_assert(mkdtemp(folder));
	text = text_format("cd %s; mkdir busy && echo 1..2 && echo ok 1 one && sleep 0.05 && "
	                   "rmdir busy && echo ok 2 two", folder);
	for (int i = 0; i < 4; i++)
		all[i] = script(&scripts[i], text);
	cr_expect_eq(sessions_run(all, 4, 1), 0);
	for (int i = 0; i < 4; i++) {
		cr_expect_eq(all[i]->result->score, 5);
		lab_result_free(all[i]->result);
	}
	rmdir(folder);
	free(text);
}

/* ---- interrupted ---------------------------------------------------------------- */

/* Writes its PID and that of a child to FILE when it is there, then interrupts us. */
static void is_interrupted_by(const char *name, int number, const char *trap)
{
	struct script scripts[2];
	struct session *both[2];
	char file[] = "/tmp/test_session.XXXXXX", *text;
	int a = 0, b = 0, fd = mkstemp(file);
	FILE *in;

	text = text_format("trap '%s' TERM; sleep 60 & echo $$ $! >%s; echo 1..2; echo ok 1 one;"
	                   "kill -%s %d; wait; sleep 60", trap, file, name, (int)getpid());
	both[0] = script(&scripts[0], text);
	both[1] = script(&scripts[1], "echo 1..2; echo ok 1 one; echo ok 2 two");
	cr_expect_eq(sessions_run(both, 2, 1), number);
	cr_expect_eq(both[0]->result->status, LAB_HARNESS_ERROR);
	cr_expect_null(both[1]->result);
	in = fopen(file, "r");
	cr_assert_eq(fscanf(in, "%d %d", &a, &b), 2);
	fclose(in);
	cr_expect(gone(a) && gone(b));
	lab_result_free(both[0]->result);
	unlink(file);
	close(fd);
	free(text);
}

Test(session, every_signal_that_ends_a_command_ends_all)
{
	is_interrupted_by("INT", SIGINT, "exit");
	is_interrupted_by("TERM", SIGTERM, "exit");
	is_interrupted_by("HUP", SIGHUP, "exit");
	is_interrupted_by("QUIT", SIGQUIT, "exit");
}

Test(session, also_who_does_not_want_to_end)
{
	is_interrupted_by("INT", SIGINT, "");
}

Test(session, nothing_begins_after_an_interruption)
{
	struct script scripts[3];
	struct session *all[3];
	char *text = text_format("echo 1..2; kill -INT %d; exec sleep 60", (int)getpid());

	/* The first ends at once and leaves its place, the second takes its time. */
	all[0] = script(&scripts[0], text);
	all[1] = script(&scripts[1], "trap '' TERM; echo 1..2; sleep 60");
	all[2] = script(&scripts[2], "echo 1..2");
	cr_expect_eq(sessions_run(all, 3, 2), SIGINT);
	cr_expect_null(all[2]->result);
	for (int i = 0; i < 3; i++)
		lab_result_free(all[i]->result);
	free(text);
}

Test(session, nobody_reading_us_is_a_signal_too)
{
	struct script s;
	struct session *session = script(&s, "echo 1..2; exec sleep 20");
	int out[2], status;
	pid_t pid;

	cr_assert_eq(pipe(out), 0);
	close(out[0]);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		_exit(sessions_run(&session, 1, 1) == SIGPIPE ? 7 : 8);
	}
	close(out[1]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
