/* Caps on memory and tasks of a whole job by cgroup v2, where systemd gives them. */
#ifndef GRADE_CAPS_H
#define GRADE_CAPS_H

#include <stdbool.h>

/* True if systemd-run can put a command into a scope with caps. Tried once. */
bool caps_available(void);

/* What to write before a job's command line: "systemd-run ... -- ", or "". */
const char *caps_command(void);

#endif
