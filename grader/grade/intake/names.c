#include "grade/intake/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "grade/sha256.h"

/* ---- a submission's name ------------------------------------------------- */

size_t archive_stem(const char *name)
{
	static const char *const endings[] = {
		".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tbz2", ".tbz",
		".txz", ".tar", ".zip", ".7z", ".rar"
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && strcasecmp(name + len - n, endings[i]) == 0)
			return len - n;
	}
	return len;
}

/* If NAME at END is preceded by _DIGITS, returns where the underscore stands. */
static const char *number_before(const char *name, const char *end)
{
	const char *p = end;

	while (p > name && isdigit((unsigned char)p[-1]))
		p--;
	return p < end && p > name + 1 && p[-1] == '_' ? p - 1 : NULL;
}

/* Takes `_LATE` off the end of NAME .. END. */
static const char *without_late(struct member *m, const char *name, const char *end)
{
	if (end - name > 5 && strncasecmp(end - 5, "_late", 5) == 0) {
		m->late = true;
		return end - 5;
	}
	return end;
}

static void set_student(struct member *m, const char *name, const char *end)
{
	end = without_late(m, name, end);
	m->student = need(strndup(name, (size_t)(end - name)));
	m->platform = true;
}

/* Canvas: name[_LATE]_userid_fileid_original. The first place that fits counts,
 * since the student chose what follows, and the platform what stands before. */
static bool canvas(struct member *m, const char *name)
{
	for (const char *p = strchr(name, '_'); p; p = strchr(p + 1, '_')) {
		const char *file = strchr(p + 1, '_');  /* p .. file is the user's number, */
		const char *end = file ? strchr(file + 1, '_') : NULL; /* .. end the file's */

		if (file && number_before(name, file) == p &&
		    (strcmp(file, "_text.html") == 0 || strcmp(file, "_link.html") == 0)) {
			set_student(m, name, p);
			m->id = need(strndup(p + 1, (size_t)(file - p - 1)));
			m->file = need(strdup(file + 1));
			m->kind = MEMBER_TEXT;
			return true;
		}
		if (!end || end[1] == '\0' || number_before(name, file) != p ||
		    number_before(name, end) != file)
			continue;
		set_student(m, name, p);
		m->id = need(strndup(p + 1, (size_t)(file - p - 1)));
		m->order = strtoull(file + 1, NULL, 10);
		m->file = need(strdup(end + 1));
		return true;
	}
	return false;
}

/* Canvas without names: anon[_LATE]_code_fileid_original. */
static bool canvas_anonymous(struct member *m, const char *name)
{
	const char *code = name + 5, *file, *end;
	bool late = strncmp(name, "anon_LATE_", 10) == 0;
	size_t len;

	if (strncmp(name, "anon_", 5) != 0)
		return false;
	if (late)
		code += 5;
	for (len = 0; isalnum((unsigned char)code[len]);)
		len++;
	file = code + len;
	if (len == 0 || *file != '_')
		return false;
	if (strcmp(file, "_text.html") == 0 || strcmp(file, "_link.html") == 0) {
		m->kind = MEMBER_TEXT;
		end = file;
	} else if (!(end = strchr(file + 1, '_')) || end[1] == '\0' ||
	           number_before(name, end) != file) {
		return false;
	} else {
		m->order = strtoull(file + 1, NULL, 10);
	}
	m->student = text_format("anon_%.*s", (int)len, code);
	m->id = need(strndup(code, len));
	m->file = need(strdup(end + 1));
	m->late = late;
	m->platform = true;
	return true;
}

/* Moodle: Name_123_assignsubmission_file[_original]; a team may have no number. */
static bool moodle(struct member *m, const char *name)
{
	static const char mark[] = "_assignsubmission_", text[] = "onlinetext";
	const char *at = strstr(name, mark), *number, *what, *file;

	if (!at || at == name)
		return false;
	what = at + strlen(mark);
	number = number_before(name, at);
	if (number)
		m->id = need(strndup(number + 1, (size_t)(at - number - 1)));
	m->student = need(strndup(name, (size_t)((number ? number : at) - name)));
	m->platform = true;
	if (strncmp(what, text, strlen(text)) == 0)
		m->kind = MEMBER_TEXT;
	file = strchr(what, '_');
	if (file && file[1])
		m->file = need(strdup(file + 1));
	return true;
}

/* Is C one of the words in LIST, which end with NULL? */
static bool is_in(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcasecmp(word, *list) == 0)
			return true;
	return false;
}

static const char *ending(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? dot + 1 : "";
}

static bool junk(const char *name, bool is_folder)
{
	static const char *const known[] = {
		"__MACOSX", "Thumbs.db", "desktop.ini", "submission_metadata.yml", NULL
	};
	/* Lists that an instructor keeps beside the submissions. */
	static const char *const lists[] = {
		"csv", "tsv", "xlsx", "xls", "ods", "json", "yml", "yaml", "log", "ini", NULL
	};

	return name[0] == '.' || is_in(name, known) ||
	       (!is_folder && is_in(ending(name), lists));
}

struct member member_parse(const char *name, bool is_folder)
{
	struct member m = { .kind = MEMBER_WORK };

	if (!canvas_anonymous(&m, name) && !canvas(&m, name) && !moodle(&m, name)) {
		if (junk(name, is_folder))
			m.kind = MEMBER_JUNK;
		else
			m.student = need(strndup(name, is_folder ? strlen(name)
			                                         : archive_stem(name)));
	}
	if (is_folder) {
		free(m.file);
		m.file = NULL;
	}
	return m;
}

void member_free(struct member *m)
{
	free(m->student);
	free(m->id);
	free(m->file);
	*m = (struct member){ .kind = MEMBER_JUNK };
}

enum { FOLDER_NAME_MAX = 200 };

char *folder_name(const char *student)
{
	/* What stands beside the submissions' folders: gradebook.csv, summary.json, ... */
	static const char *const reports[] = {
		"csv", "json", "html", "txt", "xml", "svg", "css", "js", "zip", "pdf", NULL
	};
	size_t len = strlen(student), put = 0;
	char *name = need(malloc(len * 3 + 1)), sum[SHA256_TEXT];

	for (size_t i = 0; i < len;) {
		size_t n = text_utf8(student + i, len - i, NULL), width;
		bool report = student + i + 1 == ending(student) && is_in(student + i + 1, reports);
		unsigned char c = (unsigned char)student[i];
		char seen[20];

		/* What text.h calls unprintable comes back as \xNN, longer than N. */
		width = n ? text_escape(seen, sizeof(seen), student + i, n, TEXT_PLAIN) : 0;
		if (n > 0 && width == n && c != '/' && c != '%' && c != '\\' &&
		    !report && !(i == 0 && (c == '.' || c == '-'))) {
			memcpy(name + put, student + i, n);
			put += n;
			i += n;
			continue;
		}
		for (size_t end = i + (n ? n : 1); i < end; i++) {
			c = (unsigned char)student[i];
			name[put++] = '%';
			name[put++] = "0123456789ABCDEF"[c >> 4];
			name[put++] = "0123456789ABCDEF"[c & 15];
		}
	}
	name[put] = '\0';
	if (put == 0) {
		free(name);
		return need(strdup("%"));
	}
	if (put > FOLDER_NAME_MAX) {
		size_t cut = FOLDER_NAME_MAX - 20;
		char *whole = name;

		while (cut > 0 && ((unsigned char)name[cut] & 0xC0) == 0x80)
			cut--;
		sha256_of(student, len, sum);
		name = text_format("%.*s%%~%.16s", (int)cut, whole, sum);
		free(whole);
	}
	return name;
}

/* ---- a file inside a submission ------------------------------------------ */

static bool same(const char *component, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(component, word, len) == 0;
}

bool folder_is_pruned(const char *name)
{
	return name[0] == '.' || strcmp(name, "__MACOSX") == 0 ||
	       strcmp(name, "node_modules") == 0;
}

/* server.c, Server.C, server-1.c and server (1).c are all `server`; the platform
 * and the browser add the numbers. Returns how far off NAME is, or -1. */
static int fits(const char *name, size_t len, const char *program)
{
	size_t n = strlen(program);
	const char *rest = name + n, *end = name + len;
	int off = 0;

	if (len < n + 2 || strncasecmp(name, program, n) != 0 ||
	    strncasecmp(end - 2, ".c", 2) != 0)
		return -1;
	if (strncmp(name, program, n) != 0 || end[-1] != 'c')
		off = 1;
	end -= 2;
	if (rest == end)
		return off;
	if (*rest == '-') {
		rest++;
	} else if (end - rest >= 4 && strncmp(rest, " (", 2) == 0 && end[-1] == ')') {
		rest += 2;
		end--;
	} else {
		return -1;
	}
	if (rest == end || end - rest > 3)
		return -1;
	for (; rest < end; rest++)
		if (!isdigit((unsigned char)*rest))
			return -1;
	return off + 2;
}

enum { WORDS_MAX = 256 };

/* NAME as words: `-lab-2-client-final-v-2-`. Letters in lower case; a dash for all else,
 * and where letters and digits meet. OUT holds WORDS_MAX bytes; what is longer is cut. */
static void words_of(const char *name, size_t len, char *out)
{
	size_t put = 1;
	int before = 0;

	out[0] = '-';
	for (size_t i = 0; i < len && put < WORDS_MAX - 3; i++) {
		unsigned char c = (unsigned char)name[i];
		int kind = isdigit(c) ? 2 : isalnum(c) || c >= 0x80 ? 1 : 0;

		if (kind != before && out[put - 1] != '-')
			out[put++] = '-';
		if (kind)
			out[put++] = (char)tolower(c);
		before = kind;
	}
	if (out[put - 1] != '-')
		out[put++] = '-';
	out[put] = '\0';
}

static void letters_of(const char *words, char *out)
{
	for (; *words; words++)
		if (*words != '-')
			*out++ = *words;
	*out = '\0';
}

int lab_called(const struct labs *labs, const char *name, size_t len)
{
	char words[WORDS_MAX], letters[WORDS_MAX], whole[WORDS_MAX];

	words_of(name, len, words);
	letters_of(words, letters);
	for (int i = 0; i < labs->count; i++) {
		const char *const names[3] = { labs->at[i].program, labs->at[i].folder,
		                               labs->at[i].target };

		for (int k = 0; k < 3; k++) {
			words_of(names[k], strlen(names[k]), words);
			letters_of(words, whole);
			if (strcmp(letters, whole) == 0)
				return i;       /* tcpClient, connectedtalker, Lab 2 */
		}
	}
	return -1;
}

int lab_in_name(const struct labs *labs, const char *name, size_t len)
{
	char words[WORDS_MAX], word[WORDS_MAX];
	struct { const char *from, *to; int lab; } found[3 * LABS_MAX];
	int count = 0, lab = lab_called(labs, name, len);

	if (lab >= 0)
		return lab;
	words_of(name, len, words);
	for (int i = 0; i < labs->count; i++) {
		const char *const names[3] = { labs->at[i].program, labs->at[i].folder,
		                               labs->at[i].target };

		for (int k = 0; k < 3; k++) {
			const char *at;

			words_of(names[k], strlen(names[k]), word);
			at = strstr(words, word);
			if (!at)
				continue;
			found[count].from = at;
			found[count].to = at + strlen(word);
			found[count++].lab = i;
		}
	}
	/* `connected-talker` is no talker: what lies within another does not count. */
	for (int i = 0; i < count; i++) {
		bool within = false;

		for (int k = 0; k < count; k++)
			within = within || (found[k].from <= found[i].from &&
			                    found[k].to >= found[i].to &&
			                    found[k].to - found[k].from >
			                    found[i].to - found[i].from);
		if (!within)
			lab = lab == -1 || lab == found[i].lab ? found[i].lab : -2;
	}
	return lab;
}

/* The length of NAME without the ending of a program's source; 0 if it has none. */
static size_t source_stem(const char *name, bool *text)
{
	static const char *const endings[] = {
		".c.txt", ".cpp.txt", ".txt", ".cpp", ".cxx", ".c++", ".cc", ".c.c", ".c"
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && strcasecmp(name + len - n, endings[i]) == 0) {
			*text = strcmp(endings[i], ".txt") == 0;
			return len - n;
		}
	}
	return 0;
}

/* The last components of a path, and what its folders say. */
struct way {
	const char *name;       /* the file's */
	const char *folder;     /* the last one, or NULL */
	size_t folder_len;
	unsigned depth;
	bool spare, outside;
};

/* False if PATH can be no source at all. */
static bool take_apart(const char *path, struct way *way)
{
	const char *p = path;
	size_t len;

	*way = (struct way){ .outside = *p == '/' };
	for (;; p += len) {
		while (*p == '/')
			p++;
		len = strcspn(p, "/");
		if (len == 2 && strncmp(p, "..", 2) == 0)
			way->outside = true;
		else if (len > 0 && *p == '.' && len != 1)
			return false;   /* .git, ._server.c */
		if (same(p, len, "__MACOSX") || same(p, len, "node_modules"))
			return false;
		if (p[len] == '\0')
			break;
		if (p[len + strspn(p + len, "/")] == '\0')
			return false;   /* ends in a slash: a folder */
		if (*p == '.' && len <= 2)
			continue;
		if (same(p, len, "starter") || same(p, len, "solutions"))
			way->spare = true;
		way->folder = p;
		way->folder_len = len;
		way->depth++;
	}
	way->name = p;
	return len > 0;
}

static struct claim by_name(const struct labs *labs, const struct way *way)
{
	struct claim claim = { .lab = -1 };

	for (int i = 0; i < labs->count && claim.lab < 0; i++) {
		int off = fits(way->name, strlen(way->name), labs->at[i].program);

		if (off >= 0) {
			claim.lab = i;
			claim.rank = (unsigned)off * 1000u;
		}
	}
	return claim;
}

static struct claim by_reading(const struct labs *labs, const struct way *way)
{
	struct claim claim = { .lab = -1, .tier = TIER_READ };
	size_t stem = source_stem(way->name, &claim.must_read), folder;
	int lab = stem > 0 ? lab_in_name(labs, way->name, stem) : -1;

	if (lab >= 0) {
		claim.lab = lab;
	} else if (lab == -2) {
		claim.several = true;
	} else if (stem > 0 && !claim.must_read && way->folder) {
		char *name = need(strndup(way->folder, way->folder_len));

		folder = archive_stem(name);    /* lab3.zip, as a folder */
		claim.tier = TIER_FOLDER;
		claim.lab = lab_in_name(labs, name, folder);
		free(name);
		if (claim.lab < 0)
			claim.lab = -1;
	}
	return claim;
}

struct claim claim_of(const struct labs *labs, const char *path)
{
	struct claim claim = { .lab = -1 };
	struct way way;
	bool home;

	if (!take_apart(path, &way))
		return claim;
	claim = by_name(labs, &way);
	if (claim.lab < 0)
		claim = by_reading(labs, &way);
	if (claim.lab < 0)
		return claim;
	home = way.folder && same(way.folder, way.folder_len, labs->at[claim.lab].folder);
	/* Of two names that have to be read, neither fits better: that would be a guess. */
	if (claim.tier == TIER_NAME)
		claim.rank += way.depth - (home ? 1 : 0) + (home ? 0u : 100u);
	if (way.outside)
		claim.tier = TIER_OUTSIDE;
	else if (way.spare)
		claim.tier = TIER_SPARE;
	return claim;
}

const char *left_why(const char *path, const struct claim *claim, enum left_kind *kind)
{
	static const char *const documents[] = {
		"pdf", "doc", "docx", "odt", "rtf", "pages", "html", "htm", "png", "jpg",
		"jpeg", "heic", "gif", NULL
	};
	static const char *const backups[] = { "bak", "orig", "swp", "old", "tmp", NULL };
	static const char *const built[] = { "o", "exe", "out", "a", "so", "obj", NULL };
	const char *name = strrchr(path, '/');
	const char *end;
	size_t len;
	bool text = false;

	name = name ? name + 1 : path;
	end = ending(name);
	len = strlen(name);
	*kind = LEFT_WORK;
	if (claim->several)
		return "its name speaks of more than one lab; rename it like the lab's source";
	if (strcasecmp(end, "bundle") == 0)
		return "a git bundle, which is not opened; `git clone` it and grade the folder";
	if (len > 0 && name[len - 1] != '~' && source_stem(name, &text) > 0 && !text &&
	    name[0] != '.')
		return "its name says no lab; rename it like the lab's source";
	*kind = LEFT_DOCUMENT;
	if (is_in(end, documents))
		return "a document, not a source; ask for the program as a .c file";
	if (text)
		return "a text that is no program of a lab";
	*kind = LEFT_ASIDE;
	if (strcasecmp(end, "h") == 0)
		return "a header; a program is one file, so its lines belong into the source";
	if (is_in(end, backups) || (len > 0 && name[len - 1] == '~'))
		return "a backup copy";
	if (is_in(end, built))
		return "a built program; only sources count";
	return "no lab's source";
}
