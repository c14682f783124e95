/*
 * A network of its own for every check, and what can be asked of it.
 *
 * Source: namespaces(7), network_namespaces(7), rtnetlink(7), sock_diag(7).
 */
#ifndef LAUNCH_NET_H
#define LAUNCH_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Moves the calling process into the network that belongs to the folder DIR,
 * making it on the first call: loopback up, 127.0.0.0/8, ::1, and one more
 * address of each family (127.0.0.2, fd00::1) so that AI_ADDRCONFIG works.
 * The network is kept by a bind mount on DIR/net and goes with the mount
 * namespace. Needs CAP_SYS_ADMIN over the user namespace.
 * Returns 0, or -1 with errno.
 */
int net_enter(const char *dir);

/* Brings loopback up with the addresses above. Returns 0, or -1 with errno. */
int net_loopback_up(void);

/* True if an IPv6 socket can be bound to ::1 in the caller's network. */
bool net_has_ipv6(void);

struct net_socket {
	uint32_t inode;         /* as in the /proc/PID/fd link "socket:[INODE]" */
	uint8_t family;         /* AF_INET or AF_INET6 */
	uint8_t state;          /* TCP state as in /proc/net/tcp */
	uint16_t port;          /* local port, host order */
	uint16_t peer_port;     /* remote port, host order; 0: none */
	uint32_t address[4];    /* local address, network order; IPv4: the first one */
	uint32_t receive_queue; /* bytes; a listener: connections waiting */
	uint32_t backlog;       /* a listener: its backlog; else bytes unsent */
};

enum net_what {
	NET_LISTENING,          /* TCP sockets that listen; for these alone the kernel need
	                           not walk through every connection of the machine */
	NET_TCP,                /* all of TCP; TIME_WAIT rows have inode 0 */
	NET_UDP,
};

/*
 * Lists the sockets of one kind, both families, whose local port is PORT (0: any),
 * in the caller's network. Stores at most MAX of them.
 * Returns how many there are, or -1 with errno.
 */
int net_sockets(enum net_what what, uint16_t port, struct net_socket *out, int max);

#endif
