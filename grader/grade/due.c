#include "grade/due.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"

/* ---- reading a time ------------------------------------------------------ */

/* mktime in the zone NAME; -1 if there is no such zone. */
static long long in_zone(struct tm *tm, const char *name)
{
	char *path = text_format("/usr/share/zoneinfo/%s", name), *old = getenv("TZ");
	long long when = -1;

	if (!strstr(name, "..") && access(path, R_OK) == 0) {
		old = old ? need(strdup(old)) : NULL;
		setenv("TZ", name, 1);
		tzset();
		when = mktime(tm);
		if (old)
			setenv("TZ", old, 1);
		else
			unsetenv("TZ");
		tzset();
		free(old);
	}
	free(path);
	return when;
}

/* Seconds east of Greenwich from `Z`, `+01:00`, `-0530`; false if TEXT is none. */
static bool offset_of(const char *text, long *seconds)
{
	int hours, minutes = 0, used = 0;
	char sign;

	if (strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0) {
		*seconds = 0;
		return true;
	}
	if ((sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &used) < 3 &&
	     sscanf(text, "%c%2d%2d%n", &sign, &hours, &minutes, &used) < 3) ||
	    text[used] || (sign != '+' && sign != '-') || hours < 0 || hours > 14 ||
	    minutes < 0 || minutes > 59)
		return false;
	*seconds = (sign == '-' ? -1 : 1) * (hours * 3600L + minutes * 60L);
	return true;
}

/* 0 if TEXT is no time. */
static long long read_time(const char *text)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *rest;
	long long when;
	long east;

	rest = strptime(text, "%Y-%m-%d", &tm);
	if (!rest || (*rest != ' ' && *rest != 'T'))
		return 0;
	rest = strptime(rest + 1, "%H:%M", &tm);
	if (rest && *rest == ':')
		rest = strptime(rest + 1, "%S", &tm);
	if (!rest)
		return 0;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	rest += strspn(rest, " ");
	if (!*rest)
		when = mktime(&tm);
	else if (offset_of(rest, &east))
		when = timegm(&tm) - east;
	else
		when = in_zone(&tm, rest);
	return when > 0 ? when : 0;
}

long long time_of(const char *text)
{
	return text ? read_time(text) : 0;
}

char *utc(long long when)
{
	time_t t = (time_t)when;
	struct tm tm;
	char text[32];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return need(strdup(text));
}

char *duration(long long s)
{
	if (s >= 86400)
		return text_format("%lld day%s %lld h", s / 86400, s / 86400 == 1 ? "" : "s",
		                   s % 86400 / 3600);
	if (s >= 3600)
		return text_format("%lld h %lld min", s / 3600, s % 3600 / 60);
	return text_format("%lld min", s / 60);
}

/* ---- the options --------------------------------------------------------- */

const char *due_set(struct policy *p, const struct labs *table, const char *text)
{
	const char *equals = strchr(text, '=');
	char *name = equals ? need(strndup(text, (size_t)(equals - text))) : NULL;
	int lab = name ? labs_find(table, name) : -1;
	long long when = read_time(equals ? equals + 1 : text);

	free(name);
	if (equals && lab < 0)
		return "--due LAB=TIME: there is no such lab";
	if (when == 0)
		return "--due wants a time like '2026-11-20 23:59 Europe/Berlin' or "
		       "'2026-11-20T23:59+01:00'";
	p->any = true;
	if (lab >= 0)
		p->due[lab] = when;
	else
		for (int i = 0; i < table->count; i++)
			if (p->due[i] == 0)
				p->due[i] = when;
	return NULL;
}

const char *late_set(struct policy *p, const char *text)
{
	static const char wrong[] = "--late wants a rule like '10%/day', '10%/day up to 5' or "
	                            "'2%/hour up to 24, then nothing'";
	char unit[8];
	int used = 0;

	*unit = '\0';
	if (sscanf(text, "%d%%/%7[a-z]%n", &p->percent, unit, &used) < 2 || p->percent < 0 ||
	    p->percent > 100)
		return wrong;
	if (strcmp(unit, "day") != 0 && strcmp(unit, "hour") != 0)
		return wrong;
	p->unit = strcmp(unit, "day") == 0 ? 86400 : 3600;
	text += used;
	used = 0;
	if (sscanf(text, " up to %d%n", &p->most, &used) == 1 && used && p->most > 0)
		text += used;
	if (strcmp(text, ", then nothing") == 0 && p->most > 0)
		p->then_nothing = true;
	else if (*text)
		return wrong;
	return NULL;
}

int late_costs(const struct policy *p, int score, long long late)
{
	long long units, lost;

	if (late <= 0 || p->unit == 0)
		return 0;
	units = (late + p->unit - 1) / p->unit;
	if (p->most && units > p->most) {
		if (p->then_nothing)
			return score;
		units = p->most;
	}
	lost = units > 100 && p->percent > 0 ? score : score * units * p->percent / 100;
	return lost > score ? score : (int)lost;
}
