/* Two hosts and the cable between them: two network namespaces joined by a pair
 * of virtual Ethernet devices. Nothing of the machine's own network is touched.
 *
 * Sources: namespaces(7), network_namespaces(7), veth(4), rtnetlink(7). */
#ifndef DEMO_CABLE_H
#define DEMO_CABLE_H

#include <stdbool.h>
#include <stdint.h>

struct host {
	const char *name;       /* as in the hosts file and the prompt */
	const char *ipv4;
	const char *ipv6;
	int net;                /* descriptor of its network; -1: the machine's own */
};

/* Moves the caller into namespaces of its own (user, mount, PID, IPC and, for
 * each of the two hosts, network), lays the cable, gives both ends an address of
 * either family and makes a hosts file that knows both names. Fills in net.
 *
 * The caller must have one thread. Its next child is process 1 of the new PID
 * namespace, so fork once before anything else is started.
 * Returns NULL, or a static sentence that says what is not possible here; then
 * the caller may be half way in and had better exit. */
const char *cable_lay(struct host hosts[2]);

/* Moves the caller into the network of HOST. Returns 0, or -1 with errno. */
int host_enter(const struct host *host);

/* Whether a socket of PROTOCOL (IPPROTO_TCP: a listening one, IPPROTO_UDP) is
 * bound to PORT on HOST. Where the kernel cannot say: false, with errno set;
 * otherwise errno is 0. */
bool host_has_port(const struct host *host, int protocol, uint16_t port);

#endif
