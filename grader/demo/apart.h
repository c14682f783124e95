/* Processes of their own for what a demo starts. The chain is: the demo, the keeper
 * of the namespaces, process 1 in them. Each ends with the one before it, and with
 * process 1 everything in the namespaces. */
#ifndef DEMO_APART_H
#define DEMO_APART_H

#include "demo/play.h"

/* Once, at the start: room for what the children tell, and a Ctrl-C (or SIGTERM,
 * SIGHUP) that ends them all before it ends the caller. */
void apart_begin(void);

/* Why the cable between STAGE's hosts cannot be laid here, or NULL. */
const char *apart_try_cable(struct stage *stage);

/* Plays SCENE in new namespaces, or without them if STAGE has no cable. Returns what
 * stopped it (todo 0: nothing); exits 2 if it could not be played. */
struct unfinished apart_play(const struct scene *scene, struct stage *stage);

#endif
