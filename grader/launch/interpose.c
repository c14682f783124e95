/*
 * A library that is loaded before the C library (ld.so(8), LD_PRELOAD) and stands
 * in for getaddrinfo and freeaddrinfo: what no peer can provoke and no sanitizer
 * sees. What it writes is a hint for the person, never a verdict: the program
 * could write the same.
 *
 *   LAB_ADDRESS_RECORD  a file that receives a line per event:
 *                       "look-up NODE SERVICE FAMILY SOCKTYPE FLAGS = RESULT",
 *                       "freed", "freed twice", "freed from the middle",
 *                       "freed something else", and at exit "kept N"
 *   LAB_ADDRESS_NAMES   names with several addresses, in the order in which they
 *                       are to be tried: "two=::1,fd00::1;three=127.0.0.3,::1";
 *                       the name * stands for no name at all
 *   LAB_ADDRESS_FAULT   an error's name, such as EAI_AGAIN: every look-up fails so
 *
 * A list that was freed is filled with a pattern and never given away again, so
 * that its use afterwards fails every time and not only on an unlucky day.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LISTS = 64, PATTERN = 0xA5 };

/* One entry of a list with the room for its address and name. */
struct entry {
	struct addrinfo info;
	struct sockaddr_storage address;
	char name[256];
};

static struct {
	struct entry *entries;
	int count;
	bool freed;
} lists[LISTS];
static int list_count;

static void record(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void record(const char *format, ...)
{
	const char *path = getenv("LAB_ADDRESS_RECORD");
	char line[512];
	va_list args;
	int fd, length;
	ssize_t ignored;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fd = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	if (length >= (int)sizeof(line))
		length = sizeof(line) - 1;
	ignored = write(fd, line, (size_t)length);
	(void)ignored;
	close(fd);
}

static int fault(void)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {
		{"EAI_AGAIN", EAI_AGAIN}, {"EAI_FAIL", EAI_FAIL},
		{"EAI_FAMILY", EAI_FAMILY}, {"EAI_MEMORY", EAI_MEMORY},
		{"EAI_NONAME", EAI_NONAME}, {"EAI_SERVICE", EAI_SERVICE},
	};
	const char *wanted = getenv("LAB_ADDRESS_FAULT");

	for (size_t i = 0; wanted && i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(wanted, errors[i].name) == 0)
			return errors[i].number;
	return 0;
}

/* Copies the list LIST into memory of our own. */
static struct addrinfo *copy(const struct addrinfo *list)
{
	struct entry *entries;
	int count = 0;

	for (const struct addrinfo *p = list; p; p = p->ai_next)
		count++;
	if (count == 0 || list_count == LISTS || !(entries = calloc((size_t)count, sizeof(*entries))))
		return NULL;
	for (int i = 0; i < count; i++, list = list->ai_next) {
		entries[i].info = *list;
		memcpy(&entries[i].address, list->ai_addr, list->ai_addrlen);
		entries[i].info.ai_addr = (struct sockaddr *)&entries[i].address;
		if (list->ai_canonname) {
			snprintf(entries[i].name, sizeof(entries[i].name), "%s", list->ai_canonname);
			entries[i].info.ai_canonname = entries[i].name;
		}
		entries[i].info.ai_next = i + 1 < count ? &entries[i + 1].info : NULL;
	}
	lists[list_count].entries = entries;
	lists[list_count].count = count;
	lists[list_count].freed = false;
	list_count++;
	return &entries[0].info;
}

typedef int look_up(const char *, const char *, const struct addrinfo *,
                    struct addrinfo **);

/* The addresses that LAB_ADDRESS_NAMES gives NODE, as one list in that order, or
 * EAI_NONAME if it gives none of the family asked for. The small lists come from
 * the C library and are never freed: copy() is what the program gets. */
static int look_up_name(look_up *real, const char *node, const char *service,
                        const struct addrinfo *hints, struct addrinfo **list)
{
	char names[1024], *save, *address;
	char *at;
	struct addrinfo numeric = hints ? *hints : (struct addrinfo){0}, **end = list;

	snprintf(names, sizeof(names), "%s", getenv("LAB_ADDRESS_NAMES"));
	*list = NULL;
	for (at = strtok_r(names, ";", &save); at; at = strtok_r(NULL, ";", &save))
		if (strncmp(at, node, strlen(node)) == 0 && at[strlen(node)] == '=')
			break;
	if (!at)
		return EAI_NONAME;
	at += strlen(node) + 1;
	numeric.ai_flags |= AI_NUMERICHOST;
	for (address = strtok_r(at, ",", &save); address; address = strtok_r(NULL, ",", &save)) {
		if (real(address, service, &numeric, end) != 0)
			continue;       /* of the other family */
		while (*end)
			end = &(*end)->ai_next;
	}
	return *list ? 0 : EAI_NONAME;
}

/* Is NODE one of the names of LAB_ADDRESS_NAMES? */
static bool is_own_name(const char *node)
{
	const char *names = getenv("LAB_ADDRESS_NAMES"), *at;

	for (at = *node ? names : NULL; at; at = strchr(at, ';')) {
		at += *at == ';';
		if (strncmp(at, node, strlen(node)) == 0 && at[strlen(node)] == '=')
			return true;
	}
	return false;
}

__attribute__((visibility("default")))
int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
	look_up *real;
	void (*real_free)(struct addrinfo *);
	struct addrinfo *list = NULL, *ours;
	const char *name = node ? node : "*";
	bool own = is_own_name(name);
	int error = fault();

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	*(void **)&real_free = dlsym(RTLD_NEXT, "freeaddrinfo");
	if (!error)
		error = own ? look_up_name(real, name, service, hints, &list)
		            : real(node, service, hints, &list);
	record("look-up %s %s %d %d %d = %d\n", node ? node : "-", service ? service : "-",
	       hints ? hints->ai_family : 0, hints ? hints->ai_socktype : 0,
	       hints ? hints->ai_flags : 0, error);
	if (error)
		return error;
	ours = copy(list);
	if (!ours) {
		*result = list;
		return 0;
	}
	if (!own)
		real_free(list);
	*result = ours;
	return 0;
}

__attribute__((visibility("default")))
void freeaddrinfo(struct addrinfo *list)
{
	void (*real)(struct addrinfo *);

	for (int i = 0; i < list_count; i++) {
		struct entry *first = lists[i].entries;

		if ((struct entry *)list < first || (struct entry *)list >= first + lists[i].count)
			continue;
		if (lists[i].freed) {
			record("freed twice\n");
			return;
		}
		if ((struct entry *)list != first) {
			record("freed from the middle\n");
			return;
		}
		record("freed\n");
		lists[i].freed = true;
		memset(first, PATTERN, (size_t)lists[i].count * sizeof(*first));
		return;
	}
	if (list_count < LISTS) {
		record(list ? "freed something else\n" : "freed nothing\n");
		return;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "freeaddrinfo");
	real(list);
}

__attribute__((destructor))
static void count_kept(void)
{
	int kept = 0;

	for (int i = 0; i < list_count; i++)
		kept += !lists[i].freed;
	record("kept %d\n", kept);
}
