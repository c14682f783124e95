#include "check/round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "run/session.h"
#include "check/view.h"

/* What the handlers of one lab's session need. */
struct watch {
	struct desk *desk;
	struct entry *entry;
	size_t settled;         /* checks so far */
	bool listed;            /* each is shown as it comes */
};

/* ---- while the suites run --------------------------------------------------------- */

/* Several labs share one line that says how far each is. */
static void draw_all(const struct desk *desk)
{
	char *words = NULL;
	size_t size;
	FILE *out = need(open_memstream(&words, &size));

	for (size_t i = 0; i < desk->count; i++) {
		const struct entry *entry = &desk->entries[i];
		const struct watch *watch = entry->session.context;

		if (entry->session.sofar && !entry->session.result)
			fprintf(out, "  %s %zu/%zu", entry->lab->target, watch->settled,
			        entry->suite.count);
	}
	fclose(out);
	if (*words)
		page_progress(&desk->page, "%s ...", words);
	free(words);
}

static void draw(const struct watch *watch)
{
	const struct desk *desk = watch->desk;
	const struct suite *suite = &watch->entry->suite;

	if (desk->count > 1)
		draw_all(desk);
	else if (desk->options.only)
		page_progress(&desk->page, "  Running check %zu ...", desk->options.only);
	else if (!watch->listed)
		page_progress(&desk->page, "  Running the checks: %zu of %zu ...", watch->settled,
		              suite->count);
	else if (watch->settled < suite->count)
		view_running(&desk->page, watch->settled, suite->checks[watch->settled].name);
}

static void on_settled(void *context, size_t index)
{
	struct watch *watch = context;

	watch->settled++;
	watch->entry->view.result = watch->entry->session.sofar;
	if (watch->listed)
		view_check(&watch->desk->page, &watch->entry->view, index, false);
	draw(watch);
}

/* Before the checks begin, a box on the machine's own network says that it waits for
 * its turn. */
static void on_said(void *context, const char *line)
{
	struct watch *watch = context;

	if (watch->desk->machine.enforced)
		return;
	page_wipe(&watch->desk->page);
	complain("%s: %s", watch->entry->lab->target, line);
}

static void begin(struct desk *desk, struct entry *entry, struct watch *watch, bool alone)
{
	entry_begin_session(entry, &desk->machine, desk->top, desk->options.seed, alone);
	*watch = (struct watch){ .desk = desk, .entry = entry };
	entry->session.settled = on_settled;
	entry->session.said = on_said;
	entry->session.context = watch;
}

int round_run(struct desk *desk)
{
	struct session **sessions = need(calloc(desk->count, sizeof(struct session *)));
	struct watch *watches = need(calloc(desk->count, sizeof(*watches)));
	bool alone = desk->options.only > 0;
	size_t count = 0;
	int stopped;

	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];

		if (entry->result)
			continue;
		begin(desk, entry, &watches[i], alone);
		/* The skeleton is welcomed as a whole, several labs have a table. */
		watches[i].listed = desk->count == 1 && !alone &&
		                    (!entry->view.untouched || desk->page.verbose);
		sessions[count++] = &entry->session;
		if (desk->count == 1)
			draw(&watches[i]);
	}
	stopped = sessions_run(sessions, count, desk->machine.at_once);
	page_wipe(&desk->page);
	for (size_t i = 0; i < desk->count; i++) {
		struct entry *entry = &desk->entries[i];

		if (!entry->session.result)
			continue;
		entry->view.result = entry->result = entry->session.result;
		entry->view.ran = true;
		entry->session.result = NULL;
		entry_end_session(entry);
	}
	free(watches);
	free(sessions);
	return stopped;
}

/* ---- what could not be judged is tried once more, alone ------------------------------ */

static int retry_one(struct desk *desk, struct entry *entry, size_t index)
{
	struct session *session = &entry->session;
	struct watch watch;
	int stopped;

	page_progress(&desk->page, "  %s: trying check %zu again, alone ...", entry->lab->target,
	              index + 1);
	entry->asked = index;
	begin(desk, entry, &watch, true);
	session->settled = NULL;
	stopped = sessions_run(&session, 1, 1);
	if (session->result) {
		lab_result_take(entry->result, session->result, index);
		lab_result_settle(entry->result);
	}
	entry_end_session(entry);
	return stopped;
}

/* A retry may show that checks which waited need not wait: they come after it in the
 * suite. Together the retries of a lab take no longer than the lab may. */
static int retry(struct desk *desk, struct entry *entry)
{
	bool only = desk->options.only > 0, listed = desk->count == 1 && !only, first = true;
	int64_t end = now_ms() + LAB_LIMIT_MS;
	int stopped = 0;

	for (size_t i = 0; i < entry->result->count && !stopped && now_ms() < end; i++) {
		const struct check_result *check = &entry->result->checks[i];

		if (check->status != CHECK_ERROR || (only && i != entry->asked))
			continue;
		if (check->blocker >= 0 &&
		    entry->result->checks[check->blocker].status != CHECK_PASS)
			continue;
		stopped = retry_one(desk, entry, i);
		page_wipe(&desk->page);
		if (!listed || stopped || (view_is_start(&entry->view) && !desk->page.verbose))
			continue;
		if (first)
			page_words(&desk->page, INK_DIM, "  Tried again, alone:\n");
		first = false;
		view_check(&desk->page, &entry->view, i, true);
	}
	return stopped;
}

int round_retry(struct desk *desk)
{
	int stopped = 0;

	for (size_t i = 0; i < desk->count && !stopped; i++)
		if (desk->entries[i].view.ran)
			stopped = retry(desk, &desk->entries[i]);
	page_wipe(&desk->page);
	return stopped;
}
