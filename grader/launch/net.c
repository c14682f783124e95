#include "launch/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


/* Sends one rtnetlink request and reads its acknowledgement: rtnetlink(7). */
static int netlink_request(struct nlmsghdr *request)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[512];
	} reply;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -1;
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, request, request->nlmsg_len, 0) < 0 ||
	    recv(fd, &reply, sizeof(reply), 0) < (ssize_t)NLMSG_LENGTH(sizeof(int))) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	close(fd);
	if (reply.head.nlmsg_type != NLMSG_ERROR)
		return 0;
	errno = -reply.error.error;
	return reply.error.error ? -1 : 0;
}

static void add_attribute(struct nlmsghdr *head, unsigned short type,
                          const void *data, size_t size)
{
	struct rtattr *a = (struct rtattr *)(void *)((char *)head +
	                                             NLMSG_ALIGN(head->nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	memcpy(RTA_DATA(a), data, size);
	head->nlmsg_len = NLMSG_ALIGN(head->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static int add_address(unsigned index, int family, const char *text, int prefix)
{
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg body;
		char attributes[128];
	} request;
	unsigned char address[16];
	size_t size = family == AF_INET ? 4 : 16;

	memset(&request, 0, sizeof(request));
	request.head.nlmsg_len = NLMSG_LENGTH(sizeof(request.body));
	request.head.nlmsg_type = RTM_NEWADDR;
	request.head.nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE;
	request.body.ifa_family = (unsigned char)family;
	request.body.ifa_prefixlen = (unsigned char)prefix;
	request.body.ifa_flags = IFA_F_NODAD;
	request.body.ifa_index = index;
	/* In one network with 127.0.0.1, which has this scope: the kernel insists. */
	if (family == AF_INET)
		request.body.ifa_scope = RT_SCOPE_HOST;
	inet_pton(family, text, address);
	add_attribute(&request.head, IFA_LOCAL, address, size);
	add_attribute(&request.head, IFA_ADDRESS, address, size);
	return netlink_request(&request.head);
}

/* Waits until a datagram to TEXT, an address of this machine, arrives. The kernel adds
 * the address at once, and the route that keeps its datagrams here a little later, from
 * a work queue (addrconf_dad_work); what is sent between is lost without a word. */
static void await_route(const char *text)
{
	enum { TRIES = 50000 };         /* longer than any busy machine takes */
	const struct timespec pause = {.tv_nsec = 50000};
	bool arrived = false;

	for (int i = 0; i < TRIES && !arrived; i++) {
		struct sockaddr_in6 own = {.sin6_family = AF_INET6};
		socklen_t size = sizeof(own);
		struct pollfd datagram = {.fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0),
		                          .events = POLLIN};

		inet_pton(AF_INET6, text, &own.sin6_addr);
		/* Not its address: there is no IPv6, and nothing to wait for. */
		if (datagram.fd < 0 || bind(datagram.fd, (void *)&own, size) < 0)
			i = TRIES;
		else if (getsockname(datagram.fd, (void *)&own, &size) == 0)
			arrived = sendto(datagram.fd, "", 0, 0, (void *)&own, size) == 0 &&
			          poll(&datagram, 1, 0) == 1;
		if (datagram.fd >= 0)
			close(datagram.fd);
		if (!arrived)
			nanosleep(&pause, NULL);
	}
}

int net_loopback_up(void)
{
	struct ifreq lo;
	unsigned index = if_nametoindex("lo");
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int failed;

	if (fd < 0)
		return -1;
	memset(&lo, 0, sizeof(lo));
	strcpy(lo.ifr_name, "lo");
	lo.ifr_flags = IFF_UP | IFF_RUNNING;
	failed = ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
	if (failed)
		return -1;
	/* Without IPv6 the second one fails; whoever needs it asks for it. */
	add_address(index, AF_INET, "127.0.0.2", 8);
	if (add_address(index, AF_INET6, "fd00::1", 128) == 0)
		await_route("fd00::1");
	return 0;
}

bool net_has_ipv6(void)
{
	struct sockaddr_in6 loopback = {.sin6_family = AF_INET6,
	                                .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 && bind(fd, (void *)&loopback, sizeof(loopback)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

/* Makes a new network and keeps it by a bind mount on PATH. */
static int make_network(const char *path)
{
	if (unshare(CLONE_NEWNET) < 0 || net_loopback_up() < 0)
		return -1;
	return mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL);
}

int net_enter(const char *dir)
{
	char path[4096], ready[4096];
	int lock, net, result = -1;

	snprintf(path, sizeof(path), "%s/net", dir);
	snprintf(ready, sizeof(ready), "%s/net.lock", dir);

	/* Two tools of one check may come at once: the lock lets one make it,
	 * and a byte in the locked file says that it is made. */
	lock = open(ready, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return -1;
	if (flock(lock, LOCK_EX) == 0) {
		char made;

		if (pread(lock, &made, 1, 0) == 1) {
			net = open(path, O_RDONLY | O_CLOEXEC);
			if (net >= 0) {
				result = setns(net, CLONE_NEWNET);
				close(net);
			}
		} else {
			net = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
			if (net >= 0)
				close(net);
			result = make_network(path);
			if (result == 0 && pwrite(lock, "+", 1, 0) != 1)
				result = -1;
		}
	}
	close(lock);
	return result;
}

/* ------------------------------------------------------------- sock_diag(7) */

/* Asks for all sockets of one family; filters the port itself. */
static int dump(int fd, int family, enum net_what what, uint16_t port,
                struct net_socket *out, int max, int count)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} request = {
		.head = {.nlmsg_len = sizeof(request),
		         .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		         .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = (uint8_t)family,
		         .sdiag_protocol = what == NET_UDP ? IPPROTO_UDP : IPPROTO_TCP,
		         .idiag_states = what == NET_LISTENING ? 1u << TCP_LISTEN : ~0u},
	};
	_Alignas(struct nlmsghdr) char reply[16384];

	if (send(fd, &request, sizeof(request), 0) < 0)
		return -1;
	for (;;) {
		ssize_t got = recv(fd, reply, sizeof(reply), 0);
		size_t left;

		if (got < 0)
			return -1;
		left = (size_t)got;
		for (struct nlmsghdr *h = (void *)reply; NLMSG_OK(h, left);
		     h = NLMSG_NEXT(h, left)) {
			const struct inet_diag_msg *m = NLMSG_DATA(h);

			if (h->nlmsg_type == NLMSG_DONE)
				return count;
			if (h->nlmsg_type == NLMSG_ERROR) {
				/* The udp_diag module may be missing. */
				errno = ENOTSUP;
				return -1;
			}
			if (port && ntohs(m->id.idiag_sport) != port)
				continue;
			if (count < max)
				out[count] = (struct net_socket){
					.inode = m->idiag_inode,
					.family = m->idiag_family,
					.state = m->idiag_state,
					.port = ntohs(m->id.idiag_sport),
					.peer_port = ntohs(m->id.idiag_dport),
					.address = {m->id.idiag_src[0], m->id.idiag_src[1],
					            m->id.idiag_src[2], m->id.idiag_src[3]},
					.receive_queue = m->idiag_rqueue,
					.backlog = m->idiag_wqueue,
				};
			count++;
		}
	}
}

/* The same from /proc/net, slower, for kernels without the diag modules. */
static int read_table(const char *path, int family, enum net_what what, uint16_t port,
                      struct net_socket *out, int max, int count)
{
	char line[512];
	FILE *table = fopen(path, "re");

	if (!table)
		return count;
	while (fgets(line, sizeof(line), table)) {
		unsigned local, peer, state, unsent, queued, inode, word[4] = {0};
		char address[40];

		if (sscanf(line, "%*u: %39[0-9A-F]:%x %*[0-9A-F]:%x %x %x:%x %*x:%*x %*x %*u %*u %u",
		           address, &local, &peer, &state, &unsent, &queued, &inode) != 7 ||
		    (port && local != port) || (what == NET_LISTENING && state != TCP_LISTEN))
			continue;
		/* Words of eight digits, each as this machine reads them from memory. */
		sscanf(address, "%8x%8x%8x%8x", &word[0], &word[1], &word[2], &word[3]);
		if (count < max)
			out[count] = (struct net_socket){
				.inode = inode,
				.family = (uint8_t)family,
				.state = (uint8_t)state,
				.port = (uint16_t)local,
				.peer_port = (uint16_t)peer,
				.address = {word[0], word[1], word[2], word[3]},
				.receive_queue = queued,
				.backlog = unsent,
			};
		count++;
	}
	fclose(table);
	return count;
}

int net_sockets(enum net_what what, uint16_t port, struct net_socket *out, int max)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int count = -1;

	if (fd >= 0) {
		count = dump(fd, AF_INET, what, port, out, max, 0);
		if (count >= 0)
			count = dump(fd, AF_INET6, what, port, out, max, count);
		close(fd);
	}
	if (count >= 0)
		return count;
	count = read_table(what == NET_UDP ? "/proc/self/net/udp" : "/proc/self/net/tcp",
	                   AF_INET, what, port, out, max, 0);
	return read_table(what == NET_UDP ? "/proc/self/net/udp6" : "/proc/self/net/tcp6",
	                  AF_INET6, what, port, out, max, count);
}
