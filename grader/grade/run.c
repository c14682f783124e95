#include "grade/run.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/save.h"
#include "common/text.h"

/* Below what systems give to people (to 59999) or services (from 60000 on), and
 * below 65536, so that it exists inside containers too. */
enum { SLOT_USERS = 58000 };

uid_t slot_user(int slot)
{
	return geteuid() == 0 ? (uid_t)(SLOT_USERS + slot) : (uid_t)-1;
}

char *run_file(const char *out, const char *name)
{
	return text_format("%s/.grade/%s", out, name);
}

/* Paths are bytes; JSON wants UTF-8. Latin-1 maps every byte to a character. */
static json_t *bytes(const char *text)
{
	char *wide, *p;
	json_t *value;

	if (!text)
		return json_null();
	p = wide = need(malloc(2 * strlen(text) + 1));
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x80)
			*p++ = (char)(0xC0 | c >> 6);
		*p++ = (char)(c < 0x80 ? c : 0x80 | (c & 0x3F));
	}
	*p = '\0';
	value = json_string(wide);
	free(wide);
	return value;
}

static char *unbytes(const json_t *value)
{
	const char *wide = json_string_value(value);
	char *text, *p;

	if (!wide)
		return NULL;
	p = text = need(malloc(strlen(wide) + 1));
	for (; *wide; wide++) {
		unsigned char c = (unsigned char)*wide;

		if (c >= 0xC0 && wide[1])
			c = (unsigned char)(c << 6 | ((unsigned char)*++wide & 0x3F));
		*p++ = (char)c;
	}
	*p = '\0';
	return text;
}

static json_t *table(const struct labs *labs)
{
	json_t *rows = json_array();

	for (int i = 0; i < labs->count; i++)
		json_array_append_new(rows, json_pack("[s,s,s]", labs->at[i].target,
			labs->at[i].folder, labs->at[i].program));
	return rows;
}

static void untable(struct labs *labs, const json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *target, *folder, *program;

		if (i < LABS_MAX && json_unpack(row, "[s,s,s]", &target, &folder, &program) == 0)
			labs->at[labs->count++] = (struct lab){
				.target = need(strdup(target)), .folder = need(strdup(folder)),
				.program = need(strdup(program)), .title = need(strdup(""))
			};
	}
}

static json_t *policy_rows(const struct run *run)
{
	const struct policy *p = &run->policy;
	json_t *row = json_pack("[b,i,i,i,b]", (int)p->any, p->percent, p->unit, p->most,
	                        (int)p->then_nothing);

	for (int i = 0; i < run->table.count; i++)
		json_array_append_new(row, json_integer(p->due[i]));
	return row;
}

static struct policy policy_of(const json_t *row)
{
	struct policy p = {
		.any = json_is_true(json_array_get(row, 0)),
		.percent = (int)json_integer_value(json_array_get(row, 1)),
		.unit = (int)json_integer_value(json_array_get(row, 2)),
		.most = (int)json_integer_value(json_array_get(row, 3)),
		.then_nothing = json_is_true(json_array_get(row, 4))
	};

	for (size_t i = 5; i < json_array_size(row) && i - 5 < LABS_MAX; i++)
		p.due[i - 5] = json_integer_value(json_array_get(row, i));
	return p;
}

int run_save(const struct run *run)
{
	json_t *whole;
	struct save file;
	char *path = run_file(run->out, "run.json"), *text;
	int result;

	whole = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:s,s:b,s:b,s:o,s:s}",
		"class", bytes(run->class), "labs", table(&run->labs),
		"table", table(&run->table), "policy", policy_rows(run), "stage", bytes(run->stage.dir),
		"compiler", bytes(run->stage.compiler), "flags", bytes(run->stage.flags),
		"san_flags", bytes(run->stage.san_flags), "bats", bytes(run->stage.bats),
		"bats_copied", (int)run->stage.bats_copied, "isolation", run->isolation,
		"hidden", (int)run->hidden, "keep", (int)run->keep, "seed", bytes(run->seed),
		"sum", run->sum);
	text = need(json_dumps(whole, JSON_INDENT(1)));
	json_decref(whole);
	result = save_begin(&file, path);
	if (result == 0) {
		fprintf(file.out, "%s\n", text);
		result = save_end(&file);
	}
	free(text);
	free(path);
	return result;
}

int run_load(struct run *run, const char *out)
{
	char *path = run_file(out, "run.json");
	json_t *whole = json_load_file(path, 0, NULL);
	const char *sum;

	free(path);
	memset(run, 0, sizeof(*run));
	if (!whole)
		return -1;
	run->out = need(strdup(out));
	run->class = unbytes(json_object_get(whole, "class"));
	untable(&run->labs, json_object_get(whole, "labs"));
	untable(&run->table, json_object_get(whole, "table"));
	run->policy = policy_of(json_object_get(whole, "policy"));
	run->stage.dir = unbytes(json_object_get(whole, "stage"));
	run->stage.compiler = unbytes(json_object_get(whole, "compiler"));
	run->stage.flags = unbytes(json_object_get(whole, "flags"));
	run->stage.san_flags = unbytes(json_object_get(whole, "san_flags"));
	run->stage.bats = unbytes(json_object_get(whole, "bats"));
	run->stage.bats_copied = json_is_true(json_object_get(whole, "bats_copied"));
	run->isolation = unbytes(json_object_get(whole, "isolation"));
	run->hidden = json_is_true(json_object_get(whole, "hidden"));
	run->keep = json_is_true(json_object_get(whole, "keep"));
	run->seed = unbytes(json_object_get(whole, "seed"));
	sum = json_string_value(json_object_get(whole, "sum"));
	snprintf(run->sum, sizeof(run->sum), "%s", sum ? sum : "");
	json_decref(whole);
	if (run->class && run->stage.dir && run->stage.compiler && run->stage.flags &&
	    run->stage.san_flags && run->stage.bats && run->isolation && run->labs.count > 0)
		return 0;
	run_free(run);
	return -1;
}

void run_free(struct run *run)
{
	free(run->out);
	free(run->class);
	free(run->isolation);
	free(run->seed);
	labs_free(&run->labs);
	labs_free(&run->table);
	stage_free(&run->stage);
	memset(run, 0, sizeof(*run));
}
