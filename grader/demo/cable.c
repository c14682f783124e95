#include "demo/cable.h"

#include "launch/cell.h"
#include "launch/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEVICE "eth0"

enum { IS_UP = 6 }; /* RFC 2863 ifOperStatus */

struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg address;
	} body;
	char attributes[256];
};

/* ---- rtnetlink(7) --------------------------------------------------------- */

static struct rtattr *attribute(struct request *r, int type, const void *data, size_t size)
{
	struct rtattr *a = (struct rtattr *)(void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), data, size);
	r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
	return a;
}

/* Ends the nested attribute A at what R holds by now. */
static void nested(struct request *r, struct rtattr *a)
{
	a->rta_len = (unsigned short)((char *)r + r->head.nlmsg_len - (char *)a);
}

/* Sends R to the caller's network and waits for the acknowledgement. */
static int ask(struct request *r)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[1024];
	} reply;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t got = -1;

	if (fd < 0)
		return -1;
	r->head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, r, r->head.nlmsg_len, 0) >= 0)
		got = recv(fd, &reply, sizeof(reply), 0);
	close(fd);
	if (got < (ssize_t)NLMSG_LENGTH(sizeof(reply.error)) || reply.head.nlmsg_type != NLMSG_ERROR)
		return -1;
	errno = -reply.error.error;
	return errno ? -1 : 0;
}

/* A pair of devices: DEVICE here, DEVICE in the network PEER. */
static int make_pair(int peer)
{
	struct request r = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(r.body.link)),
		         .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL},
	};
	const struct ifinfomsg other = {.ifi_family = AF_UNSPEC};
	struct rtattr *info, *data, *end;

	attribute(&r, IFLA_IFNAME, DEVICE, sizeof(DEVICE));
	info = attribute(&r, IFLA_LINKINFO, NULL, 0);
	attribute(&r, IFLA_INFO_KIND, "veth", 4);
	data = attribute(&r, IFLA_INFO_DATA, NULL, 0);
	end = attribute(&r, VETH_INFO_PEER, &other, sizeof(other));
	attribute(&r, IFLA_IFNAME, DEVICE, sizeof(DEVICE));
	attribute(&r, IFLA_NET_NS_FD, &peer, sizeof(peer));
	nested(&r, end);
	nested(&r, data);
	nested(&r, info);
	return ask(&r);
}

static int bring_up(const char *device)
{
	struct request r = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(r.body.link)), .nlmsg_type = RTM_NEWLINK},
		.body.link = {.ifi_index = (int)if_nametoindex(device),
		              .ifi_flags = IFF_UP, .ifi_change = IFF_UP},
	};

	return ask(&r);
}

static int add_address(int family, const char *text, unsigned char prefix)
{
	struct request r = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(r.body.address)),
		         .nlmsg_type = RTM_NEWADDR, .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL},
		/* No duplicate address detection: it takes a second, and the
		 * address cannot be bound meanwhile (RFC 4862, section 5.4). */
		.body.address = {.ifa_family = (unsigned char)family, .ifa_prefixlen = prefix,
		                 .ifa_flags = IFA_F_NODAD, .ifa_index = if_nametoindex(DEVICE)},
	};
	unsigned char address[16];
	size_t size = family == AF_INET ? 4 : 16;

	inet_pton(family, text, address);
	attribute(&r, IFA_LOCAL, address, size);
	attribute(&r, IFA_ADDRESS, address, size);
	return ask(&r);
}

/* Whether DEVICE carries packets yet: the kernel drops them until then. */
static bool carries(void)
{
	struct request r = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(r.body.link)), .nlmsg_type = RTM_GETLINK,
		         .nlmsg_flags = NLM_F_REQUEST},
		.body.link = {.ifi_index = (int)if_nametoindex(DEVICE)},
	};
	_Alignas(struct nlmsghdr) char reply[8192];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool up = false;
	ssize_t got = -1;

	if (fd < 0)
		return false;
	if (send(fd, &r, r.head.nlmsg_len, 0) >= 0)
		got = recv(fd, reply, sizeof(reply), 0);
	close(fd);
	if (got > 0) {
		struct nlmsghdr *head = (void *)reply;
		size_t left = head->nlmsg_len - NLMSG_LENGTH(sizeof(struct ifinfomsg));

		if (head->nlmsg_type != RTM_NEWLINK || (ssize_t)head->nlmsg_len > got)
			return false;
		for (struct rtattr *a = IFLA_RTA(NLMSG_DATA(head)); RTA_OK(a, left);
		     a = RTA_NEXT(a, left))
			if (a->rta_type == IFLA_OPERSTATE)
				up = *(unsigned char *)RTA_DATA(a) == IS_UP;
	}
	return up;
}

/* ---- namespaces ----------------------------------------------------------- */

/* Namespaces of our own; the user stays who they are. */
static int leave_the_machine(void)
{
	const int parts = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET;
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | parts) < 0)
		/* The administrator may without a user namespace, too. */
		return unshare(parts);
	return map_own_ids(uid, gid);
}

/* Lays a hosts file of our own over /etc/hosts, for this mount namespace. */
static int name_hosts(const struct host hosts[2])
{
	char text[512];
	int fd;

	snprintf(text, sizeof(text),
	         "127.0.0.1 localhost\n::1 localhost\n%s %s\n%s %s\n%s %s\n%s %s\n",
	         hosts[0].ipv6, hosts[0].name, hosts[0].ipv4, hosts[0].name,
	         hosts[1].ipv6, hosts[1].name, hosts[1].ipv4, hosts[1].name);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/tmp", "tmpfs", 0, "size=64k") < 0)
		return -1;
	fd = open("/tmp/hosts", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	close(fd);
	if (write_text("/tmp/hosts", text) < 0 ||
	    mount("/tmp/hosts", "/etc/hosts", NULL, MS_BIND, NULL) < 0)
		return -1;
	/* The file lives on below /etc/hosts; the real /tmp comes back. */
	return umount2("/tmp", MNT_DETACH);
}

int host_enter(const struct host *host)
{
	return host->net < 0 ? 0 : setns(host->net, CLONE_NEWNET);
}

static int own_network(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

const char *cable_lay(struct host hosts[2])
{
	if (leave_the_machine() < 0)
		return "no user or network namespaces for this user here";
	if (name_hosts(hosts) < 0)
		return "a hosts file of its own is not possible here";
	hosts[0].net = own_network();
	if (hosts[0].net < 0 || bring_up("lo") < 0 || unshare(CLONE_NEWNET) < 0)
		return "a second network namespace is not possible here";
	hosts[1].net = own_network();
	if (hosts[1].net < 0 || bring_up("lo") < 0 || make_pair(hosts[0].net) < 0)
		return "the kernel has no virtual Ethernet (veth) for this user";
	for (int i = 0; i < 2; i++)
		if (host_enter(&hosts[i]) < 0 || bring_up(DEVICE) < 0 ||
		    add_address(AF_INET, hosts[i].ipv4, 24) < 0)
			return "the cable cannot be laid here";
	for (int i = 0; i < 2; i++) {
		host_enter(&hosts[i]);
		/* Fails where IPv6 is off; the programs will say so. */
		add_address(AF_INET6, hosts[i].ipv6, 64);
		for (int tries = 0; !carries() && tries < 1500; tries++)
			poll(NULL, 0, 1);
	}
	return NULL;
}

bool host_has_port(const struct host *host, int protocol, uint16_t port)
{
	int n;

	errno = 0;
	if (host_enter(host) < 0)
		return false;
	n = net_sockets(protocol == IPPROTO_UDP ? NET_UDP : NET_LISTENING, port, NULL, 0);
	if (n >= 0)
		errno = 0;
	return n > 0;
}
