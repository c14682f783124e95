/* Plays one scene: types the commands at the two terminals, shows what both show,
 * and ends what it started. */
#ifndef DEMO_PLAY_H
#define DEMO_PLAY_H

#include "demo/cable.h"
#include "demo/scenes.h"

struct stage {
	struct host hosts[2];
	bool cable;             /* else: both terminals on this machine's loopback */
	/* Finds the file of a program of the labs; NULL if NAME is none of them.
	 * The string lives as long as the stage. */
	const char *(*find)(const char *name);
};

/* A skeleton that ended before it could be used. */
struct unfinished {
	char program[64];
	int todo;               /* it says that it stopped there; 0: none did */
};

/* Prints the scene as it happens, and leaves out the rest of it when a program says
 * that it stopped at a TODO. Each wait has a deadline; a scene takes some seconds
 * at worst. What a program leaves running in its own session is killed. */
void play(const struct scene *scene, const struct stage *stage, struct unfinished *unfinished);

#endif
