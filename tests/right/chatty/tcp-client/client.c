/*
 * client, chatty: says what it does before and after, buffers everything until the
 * end, reads the reply as a FILE, and keeps its state in one structure.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	const char *host;
	struct addrinfo *list, *at;
	FILE *server;
	char reply[100];
};

enum status { OK = 0, TROUBLE = 1, NOBODY = 2 };

static enum status usage(void)
{
	fprintf(stderr, "client: shows what the server of a host says\n"
			"usage: client hostname\n");
	return TROUBLE;
}

static enum status resolve(struct client *c)
{
	struct addrinfo wanted = { .ai_family = PF_UNSPEC, .ai_socktype = SOCK_STREAM,
				   .ai_protocol = 0 };
	int failed = getaddrinfo(c->host, "3490", &wanted, &c->list);

	if (failed)
		fprintf(stderr, "client: no address for '%s'\ngetaddrinfo: %s\n", c->host,
			gai_strerror(failed));
	return failed ? TROUBLE : OK;
}

static enum status reach(struct client *c)
{
	int number = 0, fd;

	for (c->at = c->list; c->at; c->at = c->at->ai_next) {
		number++;
		fprintf(stderr, "client: trying address %d\n", number);
		fd = socket(c->at->ai_family, SOCK_STREAM, IPPROTO_TCP);
		if (fd < 0) {
			fprintf(stderr, "client: socket: %s\n", strerror(errno));
			continue;
		}
		if (connect(fd, c->at->ai_addr, c->at->ai_addrlen) == 0) {
			c->server = fdopen(fd, "r");
			return c->server ? OK : TROUBLE;
		}
		fprintf(stderr, "client: connect: %s (address %d)\n", strerror(errno), number);
		close(fd);
	}
	fprintf(stderr, "client: %d addresses, and nobody there\n", number);
	fprintf(stderr, "client: failed to connect\n");
	return NOBODY;
}

static void announce(const struct client *c)
{
	char numeric[NI_MAXHOST] = "?", name[NI_MAXHOST] = "?";

	getnameinfo(c->at->ai_addr, c->at->ai_addrlen, numeric, sizeof numeric, NULL, 0,
		    NI_NUMERICHOST);
	getnameinfo(c->at->ai_addr, c->at->ai_addrlen, name, sizeof name, NULL, 0, 0);
	printf("client: connecting to %s\n", numeric);
	printf("client: (that is %s, asked for as %s)\n", name, c->host);
}

static enum status listen_to(struct client *c)
{
	size_t length = fread(c->reply, 1, sizeof c->reply - 1, c->server);

	if (ferror(c->server)) {
		perror("recv");
		return TROUBLE;
	}
	c->reply[length] = '\0';
	printf("client: received '%s'\n", c->reply);
	printf("client: that were %zu bytes\n", length);
	return OK;
}

int main(int argc, char *argv[])
{
	static char buffer[4096];
	struct client c = { 0 };
	enum status status;

	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	if (argc != 2)
		return usage();
	c.host = argv[1];
	status = resolve(&c);
	if (status == OK)
		status = reach(&c);
	if (status == OK) {
		announce(&c);
		status = listen_to(&c);
	}
	if (c.server)
		fclose(c.server);
	if (c.list)
		freeaddrinfo(c.list);
	return status;
}
