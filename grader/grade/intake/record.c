#include "grade/intake/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

/* The labs of a look, which are apart by ", ". */
static json_t *words(const char *text, const char *between)
{
	json_t *list = json_array();

	while (*text) {
		const char *end = strstr(text, between);
		size_t len = end ? (size_t)(end - text) : strlen(text);

		if (len > 0)
			json_array_append_new(list, json_stringn(text, len));
		text += len + (end ? strlen(between) : 0);
	}
	return list;
}

static void set(json_t *all, const char *key, const char *text)
{
	char *seen;

	if (!text)
		return;
	seen = text_escaped(text, strlen(text), TEXT_PLAIN);
	json_object_set_new(all, key, json_string(seen));
	free(seen);
}

/* Who it is, for those who fill a platform's list from the result alone. */
static void identify(json_t *all, const struct submission *s)
{
	json_t *members = json_array(), *one;

	set(all, "id", s->id);
	set(all, "login", s->login);
	set(all, "student", s->plain ? s->plain : s->name);
	set(all, "entry", s->parts > 0 ? s->part[0].entry : NULL);
	for (int i = 0; i < s->members; i++) {
		one = json_object();
		set(one, "name", s->member[i].name);
		set(one, "id", s->member[i].id);
		set(one, "email", s->member[i].email);
		json_array_append_new(members, one);
	}
	json_object_set_new(all, "members", members);
}

char *intake_record(const struct intake *in, const struct submission *s)
{
	json_t *all = json_object(), *look = json_array(), *left = json_array();
	char *text, *bare;

	identify(all, s);
	for (int i = 0; i < in->looks; i++)
		json_array_append_new(look, json_pack("{s:o,s:s,s:s}",
			"labs", words(in->look[i].labs, ", "), "file", in->look[i].file,
			"why", in->look[i].why));
	for (int i = 0; i < in->lefts && i < LEFT_MAX; i++)
		json_array_append_new(left, json_pack("{s:s,s:s}",
			"file", in->left[i].path, "why", in->left[i].why));
	json_object_set_new(all, "marked_late", json_boolean(in->late));
	json_object_set_new(all, "look_at", look);
	json_object_set_new(all, "not_taken", left);
	json_object_set_new(all, "notes", words(in->notes ? in->notes : "", "\n"));
	text = need(json_dumps(all, JSON_COMPACT));
	json_decref(all);
	bare = need(strndup(text + 1, strlen(text) - 2));
	free(text);
	return bare;
}
