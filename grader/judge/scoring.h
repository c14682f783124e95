/* A suite's TAP stream becomes a lab's result.
 *
 * What earns points: one line `ok N NAME`, whole, with the number and the exact name
 * of a check that was asked for, in a stream whose plan came first, once, and with
 * the right count. Everything else earns nothing and is named:
 *     ok N NAME # skip blocked: NAME2     blocked
 *     ok N NAME # skip error: WORDS       error
 *     ok N NAME # skip WORDS              fail
 *     not ok N NAME                       fail, or error after "# harness: WORDS"
 *     no line, two lines, a wrong number, another directive    error
 *     a line with a name the suite does not have               told in the lab's story
 *     no plan, a wrong one, two                                no pass counts: error */
#ifndef JUDGE_SCORING_H
#define JUDGE_SCORING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/result.h"
#include "judge/suite.h"
#include "judge/tap.h"

struct scoring;

/* Called once for every check that ran, in the order of the stream, when its verdict
 * is clear: INDEX into the result's checks. Later lines can still make it an error. */
typedef void scoring_handler(void *context, size_t index);

/* Begins to judge the lab LAB by SUITE, which must outlive the scoring. ASKED are
 * the COUNT indices of the checks that Bats was told to run, ascending; NULL: all.
 * NOW is now_ms(). SETTLED may be NULL. */
struct scoring *scoring_begin(const char *lab, const struct suite *suite,
                              const size_t *asked, size_t count, int64_t now,
                              scoring_handler *settled, void *context);

/* The result so far; it stays the scoring's until scoring_end. */
const struct lab_result *scoring_result(const struct scoring *scoring);

/* Takes the next bytes of the stream, which came at NOW (milliseconds). Returns
 * false if the stream is longer than TAP_TOTAL_MAX: stop reading. */
bool scoring_feed(struct scoring *scoring, const void *bytes, size_t len, int64_t now);

/* Is there a failed check whose story may still go on? */
bool scoring_waits(const struct scoring *scoring);

/* The stream has paused: settle what waits. */
void scoring_pause(struct scoring *scoring);

/* The stream has ended. WHY, if not NULL, says in a clause why checks may be missing
 * ("the suite was stopped after 60 seconds"). Returns the settled result, which the
 * caller frees with lab_result_free; the scoring is gone. */
struct lab_result *scoring_end(struct scoring *scoring, const char *why);

/* All of it at once, from LEN bytes of TAP. */
struct lab_result *lab_result_from_tap(const char *lab, const struct suite *suite,
                                       const void *tap, size_t len, const char *why);

#endif
