/* The lines of a lab's scenes, and the words of a command. */
#include "demo/scenes.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file that holds TEXT; it goes with the test's process. */
static const char *file_of(const char *text)
{
	static char path[64];
	int fd = memfd_create("scenes", 0);

	cr_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* Nobody frees these: they are kept to the end of the demo. */
static char **words;
static struct scene *scenes;

Test(words, quotes_hold_one_together)
{
	words = scenes_words("  ./talker alpha  'Hello over there' ''");

	cr_assert_str_eq(words[0], "./talker");
	cr_assert_str_eq(words[1], "alpha");
	cr_assert_str_eq(words[2], "Hello over there");
	cr_assert_str_eq(words[3], "");
	cr_assert_null(words[4]);
}

Test(words, what_needs_a_shell_gets_one)
{
	words = scenes_words("printf 'a b' >/dev/udp/10.0.0.1/4950");

	cr_assert_str_eq(words[0], "bash");
	cr_assert_str_eq(words[1], "-c");
	cr_assert_str_eq(words[2], "printf 'a b' >/dev/udp/10.0.0.1/4950");
	cr_assert_null(words[3]);
}

Test(scenes, every_kind_of_line)
{
	int count;

	scenes = scenes_read(file_of("# comment\n\n"
	                                           "scene One two\n"
	                                           "alpha$ ./server\n"
	                                           "alpha listens tcp 3490\n"
	                                           "beta$ telnet alpha 3490\n"
	                                           "or cat < /dev/tcp/alpha/3490\n"
	                                           "beta ends\n"
	                                           "alpha ^C\n"
	                                           "scene Three\n"
	                                           "beta listens udp 4950\n"), &count);
	const struct step *steps = scenes[0].steps;

	cr_assert_eq(count, 2);
	cr_assert_str_eq(scenes[0].title, "One two");
	cr_assert_eq(scenes[0].count, 5);
	cr_assert(steps[0].action == TYPE && steps[0].host == 0);
	cr_assert_str_eq(steps[0].command, "./server");
	cr_assert_null(steps[0].instead);
	cr_assert(steps[1].action == LISTENS && steps[1].protocol == IPPROTO_TCP &&
	          steps[1].port == 3490);
	cr_assert(steps[2].action == TYPE && steps[2].host == 1);
	cr_assert_str_eq(steps[2].instead, "cat < /dev/tcp/alpha/3490");
	cr_assert(steps[3].action == ENDS && steps[3].host == 1);
	cr_assert(steps[4].action == INTERRUPT && steps[4].host == 0);
	cr_assert_eq(scenes[1].count, 1);
	cr_assert_eq(scenes[1].steps[0].protocol, IPPROTO_UDP);
}

/* Each ends the program with status 2. */
Test(wrong, a_third_host, .exit_code = 2)
{
	int count;

	cr_redirect_stderr();
	scenes_read(file_of("scene One\ngamma$ ./server\n"), &count);
}

Test(wrong, an_unknown_verb, .exit_code = 2)
{
	int count;

	cr_redirect_stderr();
	scenes_read(file_of("scene One\nalpha sleeps 3\n"), &count);
}

Test(wrong, a_line_before_the_first_scene, .exit_code = 2)
{
	int count;

	cr_redirect_stderr();
	scenes_read(file_of("alpha$ ./server\n"), &count);
}

Test(wrong, no_file, .exit_code = 2)
{
	int count;

	cr_redirect_stderr();
	scenes_read("/nowhere/scenes.txt", &count);
}
