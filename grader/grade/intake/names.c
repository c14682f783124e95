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

/* Canvas: name[_LATE]_userid_fileid_original. The first place that fits counts,
 * since the student chose what follows, and the platform what stands before. */
static bool canvas(struct member *m, const char *name)
{
	for (const char *p = strchr(name, '_'); p; p = strchr(p + 1, '_')) {
		const char *file = strchr(p + 1, '_');  /* p .. file is the user's number, */
		const char *end = file ? strchr(file + 1, '_') : NULL; /* .. end the file's */
		const char *student_end = p;

		if (!end || end[1] == '\0' || number_before(name, file) != p ||
		    number_before(name, end) != file)
			continue;
		if (student_end - name > 5 && strncasecmp(student_end - 5, "_late", 5) == 0) {
			student_end -= 5;
			m->late = true;
		}
		m->student = need(strndup(name, (size_t)(student_end - name)));
		m->id = need(strndup(p + 1, (size_t)(file - p - 1)));
		m->order = strtoull(file + 1, NULL, 10);
		m->file = need(strdup(end + 1));
		return true;
	}
	return false;
}

static bool moodle(struct member *m, const char *name)
{
	static const char mark[] = "_assignsubmission_";
	const char *at = strstr(name, mark), *number, *file;

	if (!at || !(number = number_before(name, at)))
		return false;
	file = strchr(at + strlen(mark), '_');  /* after `file` or `onlinetext` */
	m->student = need(strndup(name, (size_t)(number - name)));
	m->id = need(strndup(number + 1, (size_t)(at - number - 1)));
	if (file && file[1])
		m->file = need(strdup(file + 1));
	return true;
}

static bool junk(const char *name)
{
	static const char *const known[] = {
		"__MACOSX", "Thumbs.db", "desktop.ini", "submission_metadata.yml"
	};

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(name, known[i]) == 0)
			return true;
	return false;
}

struct member member_parse(const char *name, bool is_folder)
{
	struct member m = { .kind = MEMBER_WHOLE };

	if (junk(name)) {
		m.kind = MEMBER_JUNK;
		return m;
	}
	if (canvas(&m, name) || moodle(&m, name)) {
		/* An archive handed out by a platform is whole; so is a folder. A file
		 * that is neither is one of several, even if no source: it must not
		 * hide the others. */
		if (is_folder || !m.file || archive_stem(m.file) < strlen(m.file)) {
			free(m.file);
			m.file = NULL;
		} else {
			m.kind = MEMBER_FILE;
		}
		return m;
	}
	m.student = need(strndup(name, is_folder ? strlen(name) : archive_stem(name)));
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
	size_t len = strlen(student), put = 0;
	char *name = need(malloc(len * 3 + 1)), sum[SHA256_TEXT];

	for (size_t i = 0; i < len;) {
		size_t n = text_utf8(student + i, len - i, NULL), width;
		unsigned char c = (unsigned char)student[i];
		char seen[20];

		/* What text.h calls unprintable comes back as \xNN, longer than N. */
		width = n ? text_escape(seen, sizeof(seen), student + i, n, TEXT_PLAIN) : 0;
		if (n > 0 && width == n && c != '/' && c != '%' && c != '\\' &&
		    !(i == 0 && (c == '.' || c == '-'))) {
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

static bool same(const char *component, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(component, word, len) == 0;
}

struct claim claim_of(const struct labs *labs, const char *path)
{
	struct claim claim = { .lab = -1 };
	const char *folder = NULL, *p = path;
	size_t folder_len = 0, len;
	unsigned depth = 0;
	bool spare = false;
	int off;

	claim.outside = *p == '/';
	for (;; p += len) {
		while (*p == '/')
			p++;
		len = strcspn(p, "/");
		if (same(p, len, "..")) {
			claim.outside = true;
		} else if (len > 0 && *p == '.' && !same(p, len, ".")) {
			return claim;   /* .git, ._server.c */
		}
		if (same(p, len, "__MACOSX"))
			return claim;
		if (p[len] == '\0')
			break;
		if (p[len + strspn(p + len, "/")] == '\0')
			return claim;   /* ends in a slash: a folder */
		if (same(p, len, ".") || same(p, len, ".."))
			continue;
		if (same(p, len, "starter") || same(p, len, "solutions"))
			spare = true;
		folder = p;
		folder_len = len;
		depth++;
	}
	for (int i = 0; i < labs->count; i++) {
		bool home;

		if (len == 0 || (off = fits(p, len, labs->at[i].program)) < 0)
			continue;
		home = folder && same(folder, folder_len, labs->at[i].folder);
		claim.lab = i;
		claim.other_case = off & 1;
		claim.rank = depth - (home ? 1 : 0);
		claim.rank += (home ? 0u : 100u) + (unsigned)off * 1000u;
		claim.rank += spare ? 10000u : 0u;
		claim.rank += claim.outside ? 100000u : 0u;
		break;
	}
	return claim;
}
