#include "grade/roster.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "grade/csv.h"

static bool one_of(const char *cell, const char *const *words)
{
	cell += strspn(cell, " ");
	for (; *words; words++)
		if (strcasecmp(cell, *words) == 0)
			return true;
	return false;
}

static void columns(const struct csv_row *row, int *name, int *id)
{
	static const char *const names[] = {
		"name", "student", "student name", "full name", "login", "user", "username",
		"submission", NULL
	};
	static const char *const ids[] = {
		"id", "student id", "sid", "number", "user id", "userid", "identifier",
		"id number", "sis user id", NULL
	};

	*name = *id = -1;
	for (size_t i = 0; i < row->count; i++) {
		if (*name < 0 && one_of(row->cell[i], names))
			*name = (int)i;
		if (*id < 0 && one_of(row->cell[i], ids))
			*id = (int)i;
	}
}

static char *cell_of(const struct csv_row *row, int column)
{
	const char *text = column >= 0 && (size_t)column < row->count ? row->cell[column] : "";
	size_t len;

	text += strspn(text, " ");
	len = strlen(text);
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return need(strndup(text, len));
}

int roster_read(struct roster *roster, const char *path, char **why)
{
	FILE *in = fopen(path, "re");
	int name = -1, id = -1, line = 0, got;
	struct csv_row row;

	*roster = (struct roster){ NULL, 0 };
	if (!in) {
		*why = text_format("%s: %s", path, strerror(errno));
		return -1;
	}
	while ((got = csv_read(in, &row)) > 0) {
		struct student s;

		if (line++ == 0) {
			columns(&row, &name, &id);
			if (name >= 0 || id >= 0) {
				csv_row_free(&row);
				continue;
			}
			name = 0;
			id = row.count > 1 ? 1 : -1;
		}
		s = (struct student){ .name = cell_of(&row, name), .id = cell_of(&row, id) };
		csv_row_free(&row);
		if (!*s.name && !*s.id) {
			free(s.name);
			free(s.id);
			continue;
		}
		roster->at = need(realloc(roster->at, (size_t)(roster->count + 1) *
		                                      sizeof(*roster->at)));
		roster->at[roster->count++] = s;
	}
	fclose(in);
	if (got == 0 && roster->count > 0)
		return 0;
	*why = text_format("%s: %s", path, got == 0 ? "lists nobody"
		: errno == EINVAL ? "a quote that never ends" : strerror(errno));
	roster_free(roster);
	return -1;
}

int roster_find(const struct roster *roster, const char *name, const char *id)
{
	int found = -1;

	/* An id is one person's; a name may be two people's. */
	for (int i = 0; i < roster->count; i++) {
		const char *have = roster->at[i].id;

		if (*have && ((id && strcasecmp(have, id) == 0) || strcasecmp(have, name) == 0))
			return i;
	}
	for (int i = 0; i < roster->count; i++)
		if (strcasecmp(roster->at[i].name, name) == 0)
			found = found == -1 ? i : -2;
	return found;
}

void roster_free(struct roster *roster)
{
	for (int i = 0; i < roster->count; i++) {
		free(roster->at[i].name);
		free(roster->at[i].id);
	}
	free(roster->at);
	*roster = (struct roster){ NULL, 0 };
}
