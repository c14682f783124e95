#include "grade/outcome.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

const char *json_word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

int json_number(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

static char *maybe(const json_t *object, const char *key)
{
	const char *text = json_word(object, key);

	return *text ? need(strdup(text)) : NULL;
}

static void identify(struct outcome *o, const char *folder)
{
	struct submission *s = &o->whose;
	const json_t *member;
	size_t i;

	s->name = need(strdup(json_word(o->result, "submission")));
	s->plain = maybe(o->result, "student");
	if (!s->plain)
		s->plain = need(strdup(s->name));
	s->id = maybe(o->result, "id");
	s->login = maybe(o->result, "login");
	s->folder = need(strdup(folder));
	o->folder = s->folder;
	json_array_foreach(json_object_get(o->result, "members"), i, member) {
		s->member = need(realloc(s->member, (size_t)(s->members + 1) * sizeof(*s->member)));
		s->member[s->members++] = (struct person){
			need(strdup(json_word(member, "name"))), maybe(member, "id"),
			maybe(member, "email")
		};
	}
}

static bool is_open(const json_t *result)
{
	const json_t *lab;
	size_t i;

	if (json_array_size(json_object_get(result, "look_at")) > 0)
		return true;
	if (json_object_get(result, "final"))
		return false;
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		if (strcmp(json_word(lab, "status"), "harness-error") == 0)
			return true;
	return json_object_get(result, "settled") != NULL;
}

int outcomes_read(struct outcomes *all, const char *out)
{
	char *path = text_format("%s/summary.json", out);
	json_t *summary = json_load_file(path, 0, NULL), *folder;
	const json_t *results = json_object_get(summary, "results");
	size_t i;

	free(path);
	*all = (struct outcomes){ .count = 0 };
	all->at = need(calloc(json_array_size(results) + 1, sizeof(*all->at)));
	json_array_foreach(results, i, folder) {
		const char *name = json_string_value(folder);
		struct outcome *o = &all->at[all->count];

		if (!name)
			continue;
		path = text_format("%s/%s/result.json", out, name);
		o->result = json_load_file(path, 0, NULL);
		if (o->result) {
			identify(o, name);
			o->open = is_open(o->result);
			all->count++;
		}
		free(path);
	}
	json_decref(summary);
	if (all->count > 0)
		return 0;
	outcomes_free(all);
	errno = ENOENT;
	return -1;
}

void outcomes_free(struct outcomes *all)
{
	for (int i = 0; i < all->count; i++) {
		json_decref(all->at[i].result);
		submission_clear(&all->at[i].whose);
	}
	free(all->at);
	*all = (struct outcomes){ .count = 0 };
}

int outcome_points(const struct outcome *o, const char *lab, int *max)
{
	const json_t *item;
	int points = -1;
	size_t i;

	if (!*lab) {
		*max = json_number(o->result, "max");
		return json_object_get(o->result, "final") ? json_number(o->result, "final")
		                                           : json_number(o->result, "score");
	}
	json_array_foreach(json_object_get(o->result, "labs"), i, item)
		if (strcmp(json_word(item, "lab"), lab) == 0) {
			points = json_number(item, "score");
			*max = json_number(item, "max");
		}
	json_array_foreach(json_object_get(o->result, "settled"), i, item)
		if (points >= 0 && strcmp(json_word(item, "lab"), lab) == 0)
			points += json_number(item, "points");
	return points;
}
