/*
 * Sockets as descriptors: opening one for a service, asking its port, closing, blocking mode, shutting down. Every socket is
 * close-on-exec. Failures name the call and the address.
 */
#include "addon.h"
#include "options.h"
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct socket_spec {
  int family, type, protocol, port, backlog;
  bool is_v6_only, is_free_bind, is_no_delay, is_keep_alive;
  char *address;
  const uint8_t *filter;
  size_t filter_length;
};

static const char *const families[] = {"ipv4", "ipv6", NULL};
static const int family_numbers[] = {AF_INET, AF_INET6};
static const char *const types[] = {"stream", "dgram", "raw", "seqpacket", NULL};
static const int type_numbers[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};

void describe_peer(const struct sockaddr_storage *address, struct peer *peer)
{
  memset(peer, 0, sizeof *peer);
  if (address->ss_family == AF_INET6) {
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
    peer->family = 6;
    peer->port = ntohs(in6->sin6_port);
    peer->scope = in6->sin6_scope_id;
    for (int i = 0; i < 4; i++)
      peer->words[i] = ntohl(in6->sin6_addr.s6_addr32[i]);
    inet_ntop(AF_INET6, &in6->sin6_addr, peer->text, sizeof peer->text);
    return;
  }
  struct in_addr any = {0};
  const struct sockaddr_in *in = (const struct sockaddr_in *)address;
  const struct in_addr *host = address->ss_family == AF_INET ? &in->sin_addr : &any;
  peer->family = 4;
  peer->port = address->ss_family == AF_INET ? ntohs(in->sin_port) : 0;
  peer->words[0] = ntohl(host->s_addr);
  inet_ntop(AF_INET, host, peer->text, sizeof peer->text);
}

socklen_t peer_address(const struct peer *peer, struct sockaddr_storage *address)
{
  memset(address, 0, sizeof *address);
  if (peer->family == 6) {
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons((uint16_t)peer->port);
    in6->sin6_scope_id = peer->scope;
    for (int i = 0; i < 4; i++)
      in6->sin6_addr.s6_addr32[i] = htonl(peer->words[i]);
    return sizeof *in6;
  }
  struct sockaddr_in *in = (struct sockaddr_in *)address;
  in->sin_family = AF_INET;
  in->sin_port = htons((uint16_t)peer->port);
  in->sin_addr.s_addr = htonl(peer->words[0]);
  return sizeof *in;
}

static bool read_spec(napi_env env, napi_value object, struct socket_spec *spec)
{
  napi_value family, type, address;
  int family_index, type_index;
  int64_t protocol, port, backlog;
  if (!read_property(env, object, "family", &family) || !read_word(env, family, "family", families, &family_index) ||
      !read_property(env, object, "type", &type) || !read_word(env, type, "type", types, &type_index) ||
      !read_integer_property(env, object, "protocol", 0, 255, &protocol) ||
      !read_integer_property(env, object, "port", 0, 65535, &port) ||
      !read_integer_property(env, object, "backlog", 0, INT32_MAX, &backlog) ||
      !read_boolean_property(env, object, "isV6Only", &spec->is_v6_only) ||
      !read_boolean_property(env, object, "isFreeBind", &spec->is_free_bind) ||
      !read_boolean_property(env, object, "isNoDelay", &spec->is_no_delay) ||
      !read_boolean_property(env, object, "isKeepAlive", &spec->is_keep_alive))
    return false;
  spec->family = family_numbers[family_index];
  spec->type = type_numbers[type_index];
  spec->protocol = (int)protocol;
  spec->port = (int)port;
  spec->backlog = (int)backlog;
  return read_property(env, object, "address", &address) && read_string(env, address, "address", &spec->address);
}

/* `fe80::1%eth0`, or with the number of the interface; false, with errno set, for an interface that is not there. */
static bool fill_ipv6(const char *text, struct sockaddr_in6 *in6)
{
  char host[INET6_ADDRSTRLEN];
  size_t length = strcspn(text, "%");
  errno = EINVAL;
  if (length >= sizeof host)
    return false;
  memcpy(host, text, length);
  host[length] = '\0';
  if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
    return false;
  if (text[length] == '\0')
    return true;
  const char *zone = text + length + 1;
  in6->sin6_scope_id = if_nametoindex(zone);
  if (in6->sin6_scope_id == 0)
    in6->sin6_scope_id = (uint32_t)strtoul(zone, NULL, 10);
  errno = ENODEV;
  return in6->sin6_scope_id != 0;
}

/* Numeric text and port to a socket address; an empty text is any address. False with errno set. */
static bool fill_address(const struct socket_spec *spec, struct sockaddr_storage *address, socklen_t *length)
{
  const char *text = spec->address[0] != '\0' ? spec->address : spec->family == AF_INET6 ? "::" : "0.0.0.0";
  memset(address, 0, sizeof *address);
  address->ss_family = (sa_family_t)spec->family;
  if (spec->family == AF_INET6) {
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
    in6->sin6_port = htons((uint16_t)spec->port);
    *length = sizeof *in6;
    return fill_ipv6(text, in6);
  }
  struct sockaddr_in *in = (struct sockaddr_in *)address;
  in->sin_port = htons((uint16_t)spec->port);
  *length = sizeof *in;
  errno = EINVAL;
  return inet_pton(AF_INET, text, &in->sin_addr) == 1;
}

/* An IPv4 multicast address is joined on the interface the routing table chooses. */
static int join_multicast(int fd, const struct sockaddr_storage *address)
{
  struct ip_mreq request = {.imr_multiaddr = ((const struct sockaddr_in *)address)->sin_addr};
  if (address->ss_family != AF_INET || !IN_MULTICAST(ntohl(request.imr_multiaddr.s_addr)))
    return 0;
  return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
}

/* Returns the name of the call that failed, with errno set, or NULL. */
static const char *prepare_socket(int fd, const struct socket_spec *spec, const struct sockaddr_storage *address, socklen_t length)
{
  bool is_listening = spec->type == SOCK_STREAM || spec->type == SOCK_SEQPACKET;
  if (spec->family == AF_INET6 && spec->type != SOCK_RAW && switch_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, spec->is_v6_only) != 0)
    return "setsockopt IPV6_V6ONLY";
  if (switch_option(fd, SOL_SOCKET, SO_REUSEADDR, true) != 0)
    return "setsockopt SO_REUSEADDR";
  if (spec->is_free_bind && switch_option(fd, IPPROTO_IP, IP_FREEBIND, true) != 0)
    return "setsockopt IP_FREEBIND";
  if (spec->is_no_delay && switch_option(fd, IPPROTO_TCP, TCP_NODELAY, true) != 0)
    return "setsockopt TCP_NODELAY";
  if (spec->is_keep_alive && switch_option(fd, SOL_SOCKET, SO_KEEPALIVE, true) != 0)
    return "setsockopt SO_KEEPALIVE";
  if (spec->filter_length > 0 && attach_filter(fd, spec->filter, spec->filter_length) != 0)
    return "setsockopt SO_ATTACH_FILTER";
  if (bind(fd, (const struct sockaddr *)address, length) != 0)
    return "bind";
  if (join_multicast(fd, address) != 0)
    return "setsockopt IP_ADD_MEMBERSHIP";
  if (is_listening && listen(fd, spec->backlog) != 0)
    return "listen";
  return NULL;
}

static int open_prepared(const struct socket_spec *spec, const char **failed_call)
{
  struct sockaddr_storage address;
  socklen_t length;
  if (!fill_address(spec, &address, &length)) {
    *failed_call = errno == ENODEV ? "if_nametoindex" : "inet_pton";
    return -1;
  }
  int fd = socket(spec->family, spec->type | SOCK_CLOEXEC, spec->protocol);
  *failed_call = fd < 0 ? "socket" : prepare_socket(fd, spec, &address, length);
  if (fd < 0 || *failed_call == NULL)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

/* openSocket(spec, filter) -> fd; an empty filter is none */
VERB(open_socket)
{
  napi_value values[2];
  uint8_t *filter;
  struct socket_spec spec = {.address = NULL};
  if (!take_arguments(env, info, 2, values) || !read_bytes(env, values[1], "filter", &filter, &spec.filter_length) ||
      !read_spec(env, values[0], &spec))
    return NULL;
  spec.filter = filter;
  const char *failed_call;
  int fd = open_prepared(&spec, &failed_call);
  int error = errno;
  char subject[INET6_ADDRSTRLEN + 32];
  snprintf(subject, sizeof subject, "%s port %d", spec.address[0] != '\0' ? spec.address : "*", spec.port);
  free(spec.address);
  return fd < 0 ? fail(env, failed_call, error, subject) : make_integer(env, fd);
}

/* closeFd(fd); the descriptor is gone whatever close(2) says, unless there was none */
VERB(close_fd)
{
  napi_value values[1];
  int fd;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd))
    return NULL;
  note_closed(fd);
  if (close(fd) != 0 && errno == EBADF)
    return fail(env, "close", errno, "");
  return NULL;
}

/* setBlocking(fd, isBlocking) */
VERB(set_blocking)
{
  napi_value values[2];
  int fd;
  bool is_blocking;
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &fd) ||
      !read_boolean(env, values[1], "isBlocking", &is_blocking))
    return NULL;
  int flags = fcntl(fd, F_GETFL);
  int wanted = is_blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  if (flags < 0 || (wanted != flags && fcntl(fd, F_SETFL, wanted) != 0))
    return fail(env, "fcntl", errno, "");
  return NULL;
}

/* shutdownFd(fd, how) */
VERB(shutdown_fd)
{
  static const char *const ways[] = {"read", "write", "both", NULL};
  static const int way_numbers[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  napi_value values[2];
  int fd, way;
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &fd) || !read_word(env, values[1], "how", ways, &way))
    return NULL;
  if (shutdown(fd, way_numbers[way]) != 0)
    return fail(env, "shutdown", errno, "");
  return NULL;
}
