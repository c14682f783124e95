#include "launch/net.h"
#include "launch/proc.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A socket bound to a free port of loopback, which goes to *PORT. */
static int bound(int type, uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, type, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(bind(fd, (void *)&a, size), 0);
	cr_assert_eq(getsockname(fd, (void *)&a, &size), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

Test(net, finds_a_listener_and_its_backlog)
{
	struct net_socket found[4];
	uint16_t port;
	int fd = bound(SOCK_STREAM, &port);

	cr_assert_eq(listen(fd, 6), 0);
	cr_assert_eq(net_sockets(NET_LISTENING, port, found, 4), 1);
	cr_assert_eq(found[0].state, TCP_LISTEN);
	cr_assert_eq(found[0].backlog, 6);
	cr_assert_eq(found[0].family, AF_INET);
	cr_assert_eq(found[0].port, port);
	cr_assert(proc_holds_socket(getpid(), found[0].inode));
	cr_assert_not(proc_holds_socket(getpid(), found[0].inode + 1));
	close(fd);
	cr_assert_eq(net_sockets(NET_LISTENING, port, found, 4), 0);
}

Test(net, tells_a_connected_datagram_socket_from_another)
{
	struct net_socket found[4];
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9),
	                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	uint16_t port;
	int fd = bound(SOCK_DGRAM, &port);

	cr_assert_eq(net_sockets(NET_UDP, port, found, 4), 1);
	cr_assert_eq(found[0].peer_port, 0);
	cr_assert_eq(connect(fd, (void *)&to, sizeof(to)), 0);
	cr_assert_eq(net_sockets(NET_UDP, port, found, 4), 1);
	cr_assert_eq(found[0].peer_port, 9);
	cr_assert_eq(found[0].state, 1);
}

Test(net, counts_more_than_it_stores)
{
	struct net_socket found[1];
	uint16_t port;

	bound(SOCK_STREAM, &port);
	bound(SOCK_DGRAM, &port);
	cr_assert_geq(net_sockets(NET_UDP, 0, found, 1), 1);
	cr_assert_geq(net_sockets(NET_UDP, 0, NULL, 0), 1);
}

Test(proc, sees_children_and_zombies)
{
	pid_t children[8], child = fork();

	if (child == 0)
		_exit(0);
	while (proc_state(child) != 'Z')
		;
	cr_assert_eq(proc_children(getpid(), children, 8), 1);
	cr_assert_eq(children[0], child);
	cr_assert_eq(proc_tree(getpid(), children, 8), 1);
	waitpid(child, NULL, 0);
	cr_assert_eq(proc_state(child), 0);
	cr_assert_eq(proc_children(getpid(), children, 8), 0);
}

Test(proc, counts_descriptors)
{
	int sockets, before, fd;
	char target[64];

	before = proc_descriptors(getpid(), &sockets);
	cr_assert_gt(before, 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert_eq(proc_descriptors(getpid(), NULL), before + 1);
	cr_assert(proc_descriptor(getpid(), fd, target, sizeof(target)));
	cr_assert_eq(strncmp(target, "socket:", 7), 0);
	cr_assert_eq(proc_descriptors(-1, NULL), -1);
}

Test(proc, knows_time)
{
	uint64_t ran, waited;
	volatile unsigned long x = 0;

	for (unsigned long i = 0; i < 20000000; i++)
		x += i;
	proc_time(getpid(), &ran, &waited);
	cr_assert_gt(ran, 0);
}
