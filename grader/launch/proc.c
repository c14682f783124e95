#include "launch/proc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int proc_children(pid_t pid, pid_t *out, int max)
{
	char path[64];
	int count = 0, child;
	FILE *list;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	list = fopen(path, "re");
	if (!list)
		return 0;
	while (count < max && fscanf(list, "%d", &child) == 1)
		out[count++] = child;
	fclose(list);
	return count;
}

int proc_tree(pid_t pid, pid_t *out, int max)
{
	int count = proc_children(pid, out, max);

	for (int i = 0; i < count; i++)
		count += proc_children(out[i], out + count, max - count);
	return count;
}

char proc_state(pid_t pid)
{
	char path[64], line[512];
	const char *end;
	size_t got;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return 0;
	got = fread(line, 1, sizeof(line) - 1, stat);
	fclose(stat);
	line[got] = '\0';
	/* The name in parentheses may hold anything, a ')' too. */
	end = strrchr(line, ')');
	return (char)(end && end[1] == ' ' ? end[2] : 0);
}

bool proc_descriptor(pid_t pid, int fd, char *text, size_t size)
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	got = readlink(path, text, size - 1);
	if (got < 0)
		return false;
	text[got] = '\0';
	return true;
}

/* Calls SEE with the target of every descriptor until it returns false. */
static int each_descriptor(pid_t pid, bool (*see)(const char *, void *), void *arg)
{
	char path[64], target[128];
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    !proc_descriptor(pid, atoi(entry->d_name), target, sizeof(target)))
			continue;
		count++;
		if (!see(target, arg))
			break;
	}
	closedir(dir);
	return count;
}

static bool count_socket(const char *target, void *arg)
{
	if (strncmp(target, "socket:", 7) == 0)
		++*(int *)arg;
	return true;
}

int proc_descriptors(pid_t pid, int *sockets)
{
	int found = 0;
	int count = each_descriptor(pid, count_socket, &found);

	if (sockets)
		*sockets = found;
	return count;
}

struct wanted {
	char target[64];
	bool found;
};

static bool is_wanted(const char *target, void *arg)
{
	struct wanted *wanted = arg;

	wanted->found = strcmp(target, wanted->target) == 0;
	return !wanted->found;
}

bool proc_holds_socket(pid_t pid, uint32_t inode)
{
	struct wanted wanted = {.found = false};

	snprintf(wanted.target, sizeof(wanted.target), "socket:[%u]", inode);
	each_descriptor(pid, is_wanted, &wanted);
	return wanted.found;
}

void proc_time(pid_t pid, uint64_t *ran, uint64_t *waited)
{
	char path[64];
	unsigned long long a = 0, b = 0;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	stat = fopen(path, "re");
	if (stat) {
		if (fscanf(stat, "%llu %llu", &a, &b) != 2)
			a = b = 0;
		fclose(stat);
	}
	*ran = a;
	*waited = b;
}
