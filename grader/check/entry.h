/* One lab that `check` was asked for: its files, its suite, what it is run with and
 * how it is shown. */
#ifndef JUDGE_ENTRY_H
#define JUDGE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"
#include "run/machine.h"
#include "check/place.h"
#include "judge/result.h"
#include "run/session.h"
#include "check/standing.h"
#include "judge/suite.h"
#include "check/todo.h"
#include "check/view.h"

enum { LAB_LIMIT_MS = 60 * 1000 };      /* what a lab's checks may take */

struct entry {
	const struct lab *lab;
	struct place place;
	struct suite suite;
	struct todos todos;
	struct view view;
	struct lab_result *result;      /* what came of it; until then NULL */
	struct session session;
	size_t asked;                   /* the check that is run alone */
};

/* Reads what there is of LAB in the tree FROM. FROM_WORDS is what commands need behind
 * them. Both must outlive the entry. */
void entry_open(struct entry *entry, const struct lab *lab, const char *from,
                const char *from_words);
void entry_close(struct entry *entry);

/* Reads the suite and looks for a program. What keeps the lab from being judged
 * becomes its result. */
void entry_prepare(struct entry *entry);

/* The result of a lab that cannot be judged for WHY. */
void entry_give_up(struct entry *entry, const char *why);

/* Fills in the session: all checks, or, with ALONE, the check entry->asked. TOP is the
 * project's folder. The handlers are the caller's. entry_end_session frees it. */
void entry_begin_session(struct entry *entry, const struct machine *machine, const char *top,
                         const char *seed, bool alone);
void entry_end_session(struct entry *entry);

/* Where the student stands by what is kept in build/state. */
struct standing entry_standing(const struct entry *entry);

/* Keeps the entry's result there. A lab that could not be judged changes nothing; one
 * that did not build keeps its points of before. */
void entry_keep_standing(const struct entry *entry);

#endif
