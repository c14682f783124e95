#include "demo/play.h"

#include "common/text.h"
#include "demo/picture.h"
#include "demo/terminal.h"
#include "demo/turns.h"
#include "launch/net.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PATIENCE = 3000,        /* ms for a program to get where the scene wants it */
	LAST_WORDS = 1000,      /* ms to end after Ctrl-C */
	ONE_WRITE = 100,        /* ms for a granted write to arrive */
	ASK_AGAIN = 2,          /* ms between two questions that have no event */
	FLOOD = 60,             /* lines of one program are enough */
	SILENCE = 100           /* ms after which a listening program says nothing */
};

static struct terminal terminals[2];
static int lines[2];            /* shown since the last command was typed there */
static int children = -1;       /* signalfd(2) for SIGCHLD */
static struct unfinished *stopped;
static int stopped_at;          /* the host where that was */

/* Shows what came without a newline: something else is about to be shown. */
static void flush(int host)
{
	struct terminal *t = &terminals[host];

	if (t->length && lines[host] <= FLOOD)
		picture_output(host, t->line, t->length);
	t->length = 0;
}

/* What happened at HOST, in our words. */
static void tell(int host, const char *words)
{
	flush(host);
	picture_event(host, words);
}

static void show(int host, const char *line, size_t length)
{
	char text[128];

	flush(!host);
	if (++lines[host] > FLOOD) {
		if (lines[host] == FLOOD + 1) {
			picture_event(host, "(prints without end: stopped)");
			kill(-terminals[host].pid, SIGKILL);
		}
		return;
	}
	picture_output(host, line, length);
	snprintf(text, sizeof(text), "%.*s", (int)length, line);
	if (!stopped->todo &&
	    sscanf(text, "%63[^:]: stopped at TODO %d", stopped->program, &stopped->todo) == 2)
		stopped_at = host;
}

/* What a shell would leave to `echo $?`. */
static void tell_end(int host)
{
	int status = terminals[host].status;
	char words[64] = "";

	if (WIFEXITED(status) && WEXITSTATUS(status))
		snprintf(words, sizeof(words), "(exit status %d)", WEXITSTATUS(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGINT && WTERMSIG(status) != SIGKILL)
		snprintf(words, sizeof(words), "(%s)", strsignal(WTERMSIG(status)));
	if (*words)
		tell(host, words);
}

static void reap(void)
{
	struct signalfd_siginfo news;
	int status;
	pid_t pid;

	while (read(children, &news, sizeof(news)) > 0)
		;
	/* As process 1 of the PID namespace: the orphans' parent, too. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < 2; i++)
			if (pid == terminals[i].pid) {
				terminal_read(&terminals[i], true, i, show);
				terminals[i].pid = 0;
				terminals[i].status = status;
				tell_end(i);
			}
}

static void read_terminal(int i)
{
	struct terminal *t = &terminals[i];

	if (!terminal_read(t, false, i, show) && t->master >= 0) {
		close(t->master);
		t->master = -1;
	}
}

/* Lets one write happen and shows it before the next one is granted. */
static void grant(int i)
{
	struct terminal *t = &terminals[i];
	struct pollfd shown = {.fd = t->master, .events = POLLIN};

	if (turns_grant(t->turns) == 0 && poll(&shown, 1, ONE_WRITE) > 0)
		read_terminal(i);
}

/* Waits for the next thing to happen, at most TIMEOUT ms, and deals with it. */
static void attend(int timeout)
{
	struct pollfd events[] = {
		{.fd = children, .events = POLLIN},
		{.fd = terminals[0].turns, .events = POLLIN},
		{.fd = terminals[1].turns, .events = POLLIN},
		{.fd = terminals[0].master, .events = POLLIN},
		{.fd = terminals[1].master, .events = POLLIN},
	};

	if (poll(events, 5, timeout) <= 0)
		return;
	for (int i = 0; i < 2; i++)
		if (events[3 + i].revents)
			read_terminal(i);
	for (int i = 0; i < 2; i++) {
		if (events[1 + i].revents & POLLIN) {
			grant(i);
		} else if (events[1 + i].revents) {
			close(terminals[i].turns);
			terminals[i].turns = -1;
		}
	}
	if (events[0].revents)
		reap();
}

/* Attends until nothing runs on HOST any more. Returns false if it still does
 * after PATIENCE ms, or as soon as a skeleton has stopped: nothing more will come. */
static bool ends(int host, int patience)
{
	int64_t deadline = now_ms() + patience, left;
	bool before = stopped->todo;

	while (terminals[host].pid && (left = deadline - now_ms()) > 0 && before == !!stopped->todo)
		attend((int)left);
	return !terminals[host].pid;
}

static bool listens(const struct stage *stage, const struct step *step)
{
	const struct host *host = &stage->hosts[step->host];
	int64_t deadline = now_ms() + PATIENCE;

	do {
		if (host_has_port(host, step->protocol, step->port)) {
			/* As a person would: wait for its words, too. */
			for (deadline = now_ms() + SILENCE; !lines[step->host] &&
			     now_ms() < deadline && terminals[step->host].pid;)
				attend(ASK_AGAIN);
			return true;
		}
		attend(ASK_AGAIN);
		/* A kernel that does not tell: let the program have its time. */
	} while (terminals[step->host].pid && now_ms() < deadline);
	return errno && terminals[step->host].pid;
}

/* Ends what still runs on HOST: the hard way if Ctrl-C is not enough. */
static void end(int host)
{
	if (terminals[host].pid)
		terminal_interrupt(&terminals[host]);
	if (!ends(host, LAST_WORDS))
		tell(host, "(does not end on Ctrl-C: killed)");
	terminal_close(&terminals[host]);
	ends(host, LAST_WORDS);
}

/* Waits until HOST's prompt is back, but not for ever. */
static void free_prompt(int host)
{
	if (ends(host, PATIENCE) || stopped->todo)
		return;
	tell(host, "(takes too long: stopped)");
	end(host);
}

/* LINE with every WORD in it exchanged, in new memory; LINE is freed. */
static char *exchanged(char *line, const char *word, const char *other)
{
	char *at = strstr(line, word), *rest, *result;

	if (!at)
		return line;
	rest = exchanged(need(strdup(at + strlen(word))), word, other);
	result = text_format("%.*s%s%s", (int)(at - line), line, other, rest);
	free(rest);
	free(line);
	return result;
}

/* COMMAND in a world of one host, in new memory: on the loopback addresses. */
static char *made_local(const char *command)
{
	static const struct addrinfo wanted = {.ai_family = AF_INET6};
	struct addrinfo *found;
	/* Some hosts files have no IPv6 for that name. */
	bool named = !net_has_ipv6() || getaddrinfo("localhost", NULL, &wanted, &found) == 0;
	const char *const words[][2] = {
		{"alpha", named ? "localhost" : "::1"}, {"10.0.0.1", "127.0.0.1"}, {"fd00::a", "::1"},
	};
	char *line = need(strdup(command));

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		line = exchanged(line, words[i][0], words[i][1]);
	return line;
}

/* Whether COMMAND can be had: a path, or a name found in PATH. */
static bool is_there(const char *command)
{
	const char *places = getenv("PATH");
	char *path = need(strdup(places ? places : "/usr/bin:/bin"));
	bool found = false;

	if (strchr(command, '/'))
		found = access(command, X_OK) == 0;
	else
		for (char *dir = strtok(path, ":"); dir && !found; dir = strtok(NULL, ":")) {
			char *file = text_format("%s/%s", dir, command);

			found = access(file, X_OK) == 0;
			free(file);
		}
	free(path);
	return found;
}

/* The program that COMMAND is about, in new memory: its first word, or the first
 * one after the last pipe. */
static char *tool(const char *command)
{
	const char *pipe = strrchr(command, '|'), *word = pipe ? pipe + 1 : command;

	word += strspn(word, " ");
	return text_format("%.*s", (int)strcspn(word, " "), word);
}

/* Types COMMAND at HOST's terminal. Returns false if the machine has no such
 * command. */
static bool type(const struct stage *stage, int host, const char *command)
{
	char *line = stage->cable ? need(strdup(command)) : made_local(command);
	char *wanted = tool(line), **words = scenes_words(line);
	const char *own = strncmp(wanted, "./", 2) ? NULL : stage->find(wanted + 2);
	bool there = is_there(own ? own : wanted);

	if (there) {
		picture_command(host, line);
		terminal_close(&terminals[host]);
		lines[host] = 0;
		if (terminal_start(&terminals[host], &stage->hosts[host], own ? own : words[0],
		                   words) < 0)
			die_errno(2, "cannot start %s", wanted);
	}
	for (char **w = words; *w; w++)
		free(*w);
	free(words);
	free(wanted);
	free(line);
	return there;
}

/* Returns false if neither the command nor its stand-in can be had. */
static bool type_either(const struct stage *stage, const struct step *step)
{
	char *wanted, *words;

	if (type(stage, step->host, step->command) ||
	    (step->instead && type(stage, step->host, step->instead)))
		return true;
	wanted = tool(step->command);
	words = text_format("(%s is not %s: the rest is left out)", wanted,
	                    strncmp(wanted, "./", 2) != 0 ? "on this machine" : "built");
	tell(step->host, words);
	free(words);
	free(wanted);
	return false;
}

/* Returns false if the rest of the scene has lost its ground. */
static bool take(const struct step *step, const struct stage *stage)
{
	switch (step->action) {
	case LISTENS:
		if (listens(stage, step))
			break;
		if (!stopped->todo)
			tell(step->host, "(no socket on that port: the rest is left out)");
		return false;
	case INTERRUPT:
		free_prompt(!step->host);
		picture_key(step->host, "^C");
		end(step->host);
		break;
	case ENDS:
		free_prompt(step->host);
		break;
	case TYPE:
		free_prompt(step->host);
		return !stopped->todo && type_either(stage, step);
	}
	return !stopped->todo;
}

/* Whether anything is typed at HOST's terminal. */
static bool acts(const struct scene *scene, int host)
{
	for (int i = 0; i < scene->count; i++)
		if (scene->steps[i].host == host)
			return true;
	return false;
}

void play(const struct scene *scene, const struct stage *stage, struct unfinished *unfinished)
{
	bool going = true;
	sigset_t mask;
	char *title;

	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	children = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	for (int i = 0; i < 2; i++)
		terminals[i] = (struct terminal){.master = -1, .turns = -1};
	stopped = unfinished;

	title = stage->cable ? need(strdup(scene->title)) : made_local(scene->title);
	picture_scene(title, stage->hosts, stage->cable);
	free(title);
	for (int i = 0; i < 2; i++)
		if (!acts(scene, i))
			picture_command(i, "");
	for (int i = 0; i < scene->count && going; i++)
		going = take(&scene->steps[i], stage);
	if (stopped->todo)
		ends(stopped_at, LAST_WORDS);
	for (int i = 0; i < 2; i++) {
		if (going)
			free_prompt(i);
		end(i);
	}
}
