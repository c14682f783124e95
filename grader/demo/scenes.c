#include "demo/scenes.h"

#include "common/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char **scenes_words(const char *line)
{
	size_t count = 0;
	char **words = need(calloc(strlen(line) + 4, sizeof(*words)));

	if (line[strcspn(line, "<>|;")]) {
		words[0] = need(strdup("bash"));
		words[1] = need(strdup("-c"));
		words[2] = need(strdup(line));
		return words;
	}
	for (line += strspn(line, " \t"); *line; line += strspn(line, " \t")) {
		char *word = words[count++] = need(calloc(1, strlen(line) + 1));
		bool quoted = false;

		for (; *line && (quoted || (*line != ' ' && *line != '\t')); line++) {
			if (*line == '\'')
				quoted = !quoted;
			else
				*word++ = *line;
		}
	}
	return words;
}

static void *grown(void *array, int count, size_t size)
{
	return need(realloc(array, ((size_t)count + 1) * size));
}

/* "HOST$ COMMAND", "HOST listens PROTOCOL PORT", "HOST ends", "HOST ^C". */
static bool read_step(const char *line, struct step *step)
{
	static const char *const names[] = {"alpha", "beta"};
	char protocol[8];
	size_t length;

	memset(step, 0, sizeof(*step));
	step->host = strncmp(line, names[0], strlen(names[0])) != 0 ? 1 : 0;
	length = strlen(names[step->host]);
	if (strncmp(line, names[step->host], length) != 0)
		return false;
	line += length;
	if (!strncmp(line, "$ ", 2)) {
		step->action = TYPE;
		step->command = need(strdup(line + 2));
		return true;
	}
	if (sscanf(line, " listens %7s %hu", protocol, &step->port) == 2) {
		step->action = LISTENS;
		step->protocol = strcmp(protocol, "udp") ? IPPROTO_TCP : IPPROTO_UDP;
		return true;
	}
	step->action = strcmp(line, " ends") ? INTERRUPT : ENDS;
	return step->action == ENDS || !strcmp(line, " ^C");
}

struct scene *scenes_read(const char *file, int *count)
{
	FILE *in = fopen(file, "re");
	struct scene *scenes = NULL, *last = NULL;
	char *line = NULL;
	size_t size = 0;

	if (!in)
		die_errno(2, "%s", file);
	*count = 0;
	for (int number = 1; getline(&line, &size, in) > 0; number++) {
		struct step step;

		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (!strncmp(line, "scene ", 6)) {
			scenes = grown(scenes, *count, sizeof(*scenes));
			last = &scenes[(*count)++];
			*last = (struct scene){.title = need(strdup(line + 6))};
		} else if (last && last->count && !strncmp(line, "or ", 3)) {
			last->steps[last->count - 1].instead = need(strdup(line + 3));
		} else if (last && read_step(line, &step)) {
			last->steps = grown(last->steps, last->count, sizeof(step));
			last->steps[last->count++] = step;
		} else {
			die(2, "%s, line %d: not understood: %s", file, number, line);
		}
	}
	free(line);
	fclose(in);
	return scenes;
}
