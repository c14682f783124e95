#include "grade/roster.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

#include "common/text.h"

/* ---- names --------------------------------------------------------------- */

static size_t put_utf8(char *to, uint32_t c, const char *from, size_t n)
{
	static locale_t locale;
	char back[8];
	uint32_t lower;

	if (!locale)
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	lower = locale ? (uint32_t)towlower_l((wint_t)c, locale) : c;
	if (lower < 0x80) {
		*to = (char)lower;
		return 1;
	}
	if (lower != c && lower < 0x800) {
		back[0] = (char)(0xC0 | lower >> 6);
		back[1] = (char)(0x80 | (lower & 0x3F));
		memcpy(to, back, 2);
		return 2;
	}
	if (lower != c && lower < 0x10000 && n == 3) {
		back[0] = (char)(0xE0 | lower >> 12);
		back[1] = (char)(0x80 | (lower >> 6 & 0x3F));
		back[2] = (char)(0x80 | (lower & 0x3F));
		memcpy(to, back, 3);
		return 3;
	}
	memcpy(to, from, n);
	return n;
}

char *squash(const char *name)
{
	size_t len = strlen(name), put = 0;
	char *text = need(malloc(len + 4));

	while (len > 0) {
		uint32_t c;
		size_t n = text_utf8(name, len, &c);

		if (n == 0) {
			text[put++] = *name;
			n = 1;
		} else if (c < 0x80 ? (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')
		                    : c != 0xA0 && c != 0x3000 && (c < 0x2000 || c >= 0x2070)) {
			put += put_utf8(text + put, c, name, n);
		}
		name += n;
		len -= n;
	}
	text[put] = '\0';
	return text;
}

/* "Doe, Jane" as "JaneDoe"; NULL if there is no comma. */
static char *other_way_round(const char *name)
{
	const char *comma = strchr(name, ',');
	char *turned, *text;

	if (!comma)
		return NULL;
	turned = text_format("%s %.*s", comma + 1, (int)(comma - name), name);
	text = squash(turned);
	free(turned);
	return text;
}

/* ---- columns ------------------------------------------------------------- */

static bool one_of(const char *cell, const char *const *words)
{
	char clean[64];
	size_t put = 0;

	/* `user_id`, "User ID" and `E-mail` are one word each. */
	for (; *cell && put < sizeof(clean) - 1; cell++)
		if (!strchr(" _-\"\t", *cell))
			clean[put++] = *cell;
	clean[put] = '\0';
	for (; *words; words++)
		if (strcasecmp(clean, *words) == 0)
			return true;
	return false;
}

static void find_columns(const struct sheet_row *row, struct roster_columns *c)
{
	static const char *const names[] = {
		"name", "student", "studentname", "fullname", "vollständigername", "nomcomplet",
		"nombrecompleto", NULL
	};
	static const char *const firsts[] = {
		"firstname", "first", "givenname", "forename", "vorname", "prénom", "nombre", NULL
	};
	static const char *const lasts[] = {
		"lastname", "last", "surname", "familyname", "nachname", "familienname", "nom",
		"apellido", "apellidos", "apellido(s)", NULL
	};
	static const char *const ids[] = {
		"id", "studentid", "sid", "number", "userid", "identifier", "idnumber", "sisuserid",
		"studentnumber", "submission", "matrikelnummer", "idnummer", "numéro", "número", NULL
	};
	static const char *const logins[] = {
		"login", "sisloginid", "username", "user", "loginid", "githubusername", "github",
		"githublogin", NULL
	};
	static const char *const emails[] = {
		"email", "emailaddress", "mail", "emailadresse", "adressedecourriel", "correo", NULL
	};
	static const char *const groups[] = {
		"group", "groups", "team", "groupname", "teamname", "gruppe", "gruppen", NULL
	};
	static const char *const roles[] = { "role", NULL };
	static const char *const canvas[] = { "sisuserid", "sisloginid", NULL };

	*c = (struct roster_columns){ .name = -1, .first = -1, .last = -1, .email = -1,
	                              .login = -1, .group = -1, .role = -1 };
	for (int i = 0; i < row->count; i++) {
		const struct { int *where; const char *const *words; } known[] = {
			{ &c->name, names }, { &c->first, firsts }, { &c->last, lasts },
			{ &c->email, emails }, { &c->login, logins }, { &c->group, groups },
			{ &c->role, roles }
		};

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			if (*known[k].where < 0 && one_of(row->cell[i].text, known[k].words))
				*known[k].where = i;
		if (c->ids < ROSTER_IDS && one_of(row->cell[i].text, ids))
			c->id[c->ids++] = i;
		c->canvas = c->canvas || one_of(row->cell[i].text, canvas);
	}
	c->head = c->name >= 0 || c->last >= 0 || c->ids > 0 || c->login >= 0 || c->email >= 0;
	if (!c->head) {
		c->name = 0;
		c->ids = row->count > 1;
		c->id[0] = 1;
	}
}

/* ---- rows ---------------------------------------------------------------- */

static char *trimmed(const char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t", text[len - 1]))
		len--;
	return need(strndup(text, len));
}

/* Moodle calls a number "Participant 1766", in the reader's language. */
static const char *bare_number(const char *id)
{
	const char *space = strrchr(id, ' ');

	return space && space[1] && !space[1 + strspn(space + 1, "0123456789")] ? space + 1 : id;
}

static void add_key(struct student *s, const char *text)
{
	char *clean = trimmed(bare_number(text));

	if (*clean && s->keys < ROSTER_IDS + 2)
		s->key[s->keys++] = clean;
	else
		free(clean);
}

static void student_free(struct student *s)
{
	free(s->name);
	free(s->id);
	free(s->group);
	for (int i = 0; i < s->keys; i++)
		free(s->key[i]);
	free(s->squashed[0]);
	free(s->squashed[1]);
}

static struct student student_of(const struct sheet_row *row, const struct roster_columns *c)
{
	struct student s = { .keys = 0 };
	char *last;

	for (int i = 0; i < c->ids; i++)
		add_key(&s, sheet_cell(row, c->id[i]));
	s.id = need(strdup(s.keys ? s.key[0] : ""));
	add_key(&s, sheet_cell(row, c->login));
	add_key(&s, sheet_cell(row, c->email));
	if (!*s.id && s.keys) {
		free(s.id);
		s.id = need(strdup(s.key[0]));
	}
	s.group = trimmed(sheet_cell(row, c->group));
	if (c->last >= 0) {
		last = trimmed(sheet_cell(row, c->last));
		s.name = trimmed(sheet_cell(row, c->first));
		if (*last) {
			char *both = text_format("%s%s%s", s.name, *s.name ? " " : "", last);
			char *turned = text_format("%s%s", last, s.name);

			s.squashed[1] = squash(turned);
			free(turned);
			free(s.name);
			s.name = both;
		}
		free(last);
	} else {
		s.name = trimmed(sheet_cell(row, c->name));
		s.squashed[1] = other_way_round(s.name);
	}
	s.squashed[0] = squash(s.name);
	return s;
}

/* Rows that a platform adds and that are nobody. */
static bool is_nobody(const struct student *s, const struct sheet_row *row,
                      const struct roster_columns *c)
{
	const char *role = sheet_cell(row, c->role);

	if (!*s->name && s->keys == 0)
		return true;
	if (strncasecmp(s->name, "points possible", 15) == 0)
		return true;
	if (c->canvas && strcmp(s->squashed[0], "studenttest") == 0)
		return true;
	return *role && strcasecmp(role, "student") != 0;
}

int roster_of(struct roster *roster, const struct sheet *sheet, struct roster_columns *c)
{
	*roster = (struct roster){ NULL, 0 };
	if (sheet->rows == 0)
		return -1;
	find_columns(&sheet->row[0], c);
	for (int i = c->head ? 1 : 0; i < sheet->rows; i++) {
		struct student s = student_of(&sheet->row[i], c);

		if (is_nobody(&s, &sheet->row[i], c)) {
			student_free(&s);
			continue;
		}
		s.row = i;
		if ((roster->count & (roster->count + 1)) == 0)
			roster->at = need(realloc(roster->at, 2 * ((size_t)roster->count + 1) *
			                                      sizeof(*roster->at)));
		roster->at[roster->count++] = s;
	}
	return roster->count > 0 ? 0 : -1;
}

int roster_read(struct roster *roster, const char *path, char **why)
{
	struct roster_columns columns;
	struct sheet sheet;
	int done;

	if (sheet_read(&sheet, path, why) < 0)
		return -1;
	done = roster_of(roster, &sheet, &columns);
	if (done < 0)
		*why = text_format("%s: lists nobody", path);
	sheet_free(&sheet);
	return done;
}

void roster_free(struct roster *roster)
{
	for (int i = 0; i < roster->count; i++)
		student_free(&roster->at[i]);
	free(roster->at);
	*roster = (struct roster){ NULL, 0 };
}

/* ---- who is who ---------------------------------------------------------- */

static bool has_key(const struct student *s, const char *key)
{
	for (int i = 0; key && *key && i < s->keys; i++)
		if (strcasecmp(s->key[i], key) == 0)
			return true;
	return false;
}

static bool has_name(const struct student *s, const char *squashed)
{
	return *squashed && (strcmp(s->squashed[0], squashed) == 0 ||
	                     (s->squashed[1] && strcmp(s->squashed[1], squashed) == 0));
}

/* "Alice Adams" is adamsalice in Canvas' names of files: A is B, begun elsewhere. */
static bool is_turned(const char *a, const char *b)
{
	size_t len = strlen(a);
	char *twice;
	bool turned;

	if (len == 0 || strlen(b) != len)
		return false;
	twice = text_format("%s%s", a, a);
	turned = strstr(twice, b) != NULL;
	free(twice);
	return turned;
}

static int add_found(int found, int i)
{
	return found == -1 || found == i ? i : -2;
}

/* NAME as it stands, and turned round if it has a comma. */
static int find_name(const struct roster *roster, const char *name)
{
	char *plain = squash(name), *turned = other_way_round(name);
	int found = -1;

	for (int i = 0; i < roster->count; i++)
		if (has_name(&roster->at[i], plain) || (turned && has_name(&roster->at[i], turned)))
			found = add_found(found, i);
	/* Only where nobody is called so as it stands. */
	for (int i = 0, none = found == -1; none && i < roster->count; i++)
		if (is_turned(roster->at[i].squashed[0], plain))
			found = add_found(found, i);
	free(plain);
	free(turned);
	return found;
}

int roster_find(const struct roster *roster, const struct person *p)
{
	const char *id = p->id ? bare_number(p->id) : NULL;
	int by_key = -1, by_name;

	for (int i = 0; i < roster->count; i++)
		if (has_key(&roster->at[i], id) || has_key(&roster->at[i], p->email) ||
		    has_key(&roster->at[i], p->name))
			by_key = add_found(by_key, i);
	by_name = find_name(roster, p->name);
	/* A number of one platform may be somebody else's number on another. */
	if (by_key >= 0 && by_name >= 0 && by_name != by_key)
		return -2;
	return by_key != -1 ? by_key : by_name;
}

/* Whose team is called NAME (squashed); a roster may list several teams in one cell. */
static bool in_group(const struct student *s, const char *name)
{
	bool in = false;

	for (const char *p = s->group; *p && !in; p += strspn(p, ",;")) {
		size_t len = strcspn(p, ",;");
		char *one = need(strndup(p, len)), *squashed = squash(one);

		in = strcmp(squashed, name) == 0;
		free(squashed);
		free(one);
		p += len;
	}
	return in;
}

static int match_group(const struct roster *roster, const char *name, int *who)
{
	char *squashed = squash(name);
	int count = 0;

	for (int i = 0; i < roster->count; i++)
		if (*squashed && in_group(&roster->at[i], squashed))
			who[count++] = i;
	free(squashed);
	return count;
}

/* Those that P could be, for a question. */
static void candidates(const struct roster *roster, const struct person *p, int *who)
{
	char *plain = squash(p->name), *turned = other_way_round(p->name);
	int count = 0;

	for (int i = 0; i < roster->count; i++)
		if (has_name(&roster->at[i], plain) || (turned && has_name(&roster->at[i], turned)) ||
		    is_turned(roster->at[i].squashed[0], plain) || has_key(&roster->at[i], p->id) || has_key(&roster->at[i], p->email))
			who[count++] = i;
	who[count] = -1;
	free(plain);
	free(turned);
}

int roster_match(const struct roster *roster, const struct submission *s, int **who)
{
	struct person self = { s->plain, s->id, s->login };
	const struct person *p = s->members ? s->member : &self;
	int people = s->members ? s->members : 1, count = 0;

	*who = need(calloc((size_t)(roster->count + people) + 1, sizeof(**who)));
	for (int i = 0; i < people; i++) {
		int found = roster_find(roster, &p[i]);

		if (found == -2) {
			candidates(roster, &p[i], *who);
			return -2;
		}
		if (found >= 0)
			(*who)[count++] = found;
	}
	if (count == 0)
		count = match_group(roster, s->plain, *who);
	return count;
}

bool submission_is(const struct submission *s, const char *word)
{
	char *plain = squash(word), *name = squash(s->plain);
	bool is = strcasecmp(word, s->name) == 0 || strcmp(word, s->folder) == 0 ||
	          (s->id && strcasecmp(bare_number(word), s->id) == 0) ||
	          (s->login && strcasecmp(word, s->login) == 0) ||
	          (*plain && strcmp(plain, name) == 0);

	for (int i = 0; !is && i < s->members; i++) {
		char *member = squash(s->member[i].name);

		is = (*plain && strcmp(plain, member) == 0) ||
		     (s->member[i].id && strcasecmp(word, s->member[i].id) == 0) ||
		     (s->member[i].email && strcasecmp(word, s->member[i].email) == 0);
		free(member);
	}
	free(plain);
	free(name);
	return is;
}
