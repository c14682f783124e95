/* What the person sees: two terminals side by side, each line in the column of
 * the terminal that showed it, one row a line, downwards in time. On a screen of
 * less than 80 columns: one below the other, each line with the terminal's name.
 * Colour only on a terminal and without NO_COLOR; ASCII where the locale is not
 * UTF-8. Nothing printed here needs to be escaped before. */
#ifndef DEMO_PICTURE_H
#define DEMO_PICTURE_H

#include "demo/cable.h"

#include <stdbool.h>
#include <stddef.h>

/* Looks at standard output and the environment: see page_for in check/page.h. */
void picture_begin(void);

/* A lab's heading: its make target and what it is about. */
void picture_lab(const char *lab, const char *about);

/* A scene's heading and the two hosts; CABLE: joined by one, else two terminals
 * of one machine. Host 0 has the left column. */
void picture_scene(const char *title, const struct host hosts[2], bool cable);

/* What the person at HOST types ("": nothing yet; KEY: a key, without a prompt),
 * what HOST's terminal shows, what happened there. */
void picture_command(int host, const char *command);
void picture_key(int host, const char *key);
void picture_output(int host, const char *line, size_t length);
void picture_event(int host, const char *words);

/* A remark over the whole width, wrapped. */
void picture_note(const char *words);

#endif
