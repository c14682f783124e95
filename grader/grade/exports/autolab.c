/* What Autolab reads: the last line of the autograder's output, {"scores": {...}}, a number
 * for each problem. A problem is a lab here, called by its folder. */
#include <string.h>

#include "grade/exports/exports.h"
#include "grade/outcome.h"

const char *export_autolab(const json_t *result, FILE *out)
{
	json_t *scores = json_object(), *lab;
	const json_t *item;
	int rest = 0;
	size_t i;

	if (result_points(result) < 0) {
		json_decref(scores);
		return "not all of it could be judged, so there is no score";
	}
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		json_object_set_new(scores, json_word(lab, "lab"),
		                    json_integer(json_number(lab, "score")));
	json_array_foreach(json_object_get(result, "settled"), i, item) {
		const char *name = json_word(item, "lab");

		if (*name)
			json_object_set_new(scores, name, json_integer(json_number(scores, name) +
			                                               json_number(item, "points")));
		else
			rest += json_number(item, "points");
	}
	if (rest != 0)
		json_object_set_new(scores, "override", json_integer(rest));
	write_json(json_pack("{s:o}", "scores", scores), out);
	return NULL;
}
