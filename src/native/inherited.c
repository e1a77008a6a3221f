/*
 * Sockets that somebody else has bound for us: what they are, and a descriptor of our own for one of them. The other's
 * descriptor stays as it is.
 */
#include "addon.h"
#include "options.h"
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

struct description {
  int domain, type, is_listening, is_v6_only;
  int port;
  uint32_t scope;
  char address[sizeof((struct sockaddr_un *)NULL)->sun_path + 1];
};

static const char *family_name(int domain)
{
  return domain == AF_INET ? "ipv4" : domain == AF_INET6 ? "ipv6" : domain == AF_UNIX ? "unix" : NULL;
}

static const char *type_name(int type)
{
  switch (type) {
  case SOCK_STREAM:
    return "stream";
  case SOCK_DGRAM:
    return "dgram";
  case SOCK_RAW:
    return "raw";
  case SOCK_SEQPACKET:
    return "seqpacket";
  default:
    return NULL;
  }
}

static bool ask(int fd, int level, int option, int *out)
{
  socklen_t length = sizeof *out;
  *out = 0;
  return getsockopt(fd, level, option, out, &length) == 0;
}

/* The path, `@name` for an abstract name (cut at a NUL within), nothing for a socket without a name. */
static void describe_path(const struct sockaddr_un *address, socklen_t length, char *out)
{
  size_t used = length > offsetof(struct sockaddr_un, sun_path) ? length - offsetof(struct sockaddr_un, sun_path) : 0;
  memcpy(out, address->sun_path, used);
  out[used] = '\0';
  if (used > 1 && out[0] == '\0')
    out[0] = '@';
}

/* False for what is no socket of a kind that a service can have. */
static bool describe(int fd, struct description *description)
{
  union {
    struct sockaddr_storage any;
    struct sockaddr_un path;
  } address = {.any = {.ss_family = AF_UNSPEC}};
  socklen_t length = sizeof address;
  memset(description, 0, sizeof *description);
  if (!ask(fd, SOL_SOCKET, SO_DOMAIN, &description->domain) || !ask(fd, SOL_SOCKET, SO_TYPE, &description->type) ||
      getsockname(fd, (struct sockaddr *)&address, &length) != 0 || family_name(description->domain) == NULL ||
      type_name(description->type) == NULL)
    return false;
  ask(fd, SOL_SOCKET, SO_ACCEPTCONN, &description->is_listening);
  if (description->domain == AF_UNIX) {
    describe_path(&address.path, length, description->address);
    return true;
  }
  if (description->domain == AF_INET6)
    ask(fd, IPPROTO_IPV6, IPV6_V6ONLY, &description->is_v6_only);
  struct peer local;
  describe_peer(&address.any, &local);
  description->port = local.port;
  description->scope = local.scope;
  memcpy(description->address, local.text, sizeof local.text);
  return true;
}

static napi_value make_boolean(napi_env env, bool value)
{
  napi_value result = NULL;
  napi_get_boolean(env, value, &result);
  return result;
}

/* describeSocket(fd) -> description, or undefined */
VERB(describe_socket)
{
  napi_value values[1], result;
  int fd;
  struct description description;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd) || !describe(fd, &description))
    return NULL;
  napi_create_object(env, &result);
  set_property(env, result, "family", make_string(env, family_name(description.domain)));
  set_property(env, result, "type", make_string(env, type_name(description.type)));
  set_property(env, result, "isListening", make_boolean(env, description.is_listening != 0));
  set_property(env, result, "isV6Only", make_boolean(env, description.is_v6_only != 0));
  set_property(env, result, "address", make_string(env, description.address));
  set_property(env, result, "port", make_integer(env, description.port));
  set_property(env, result, "scope", make_integer(env, description.scope));
  return result;
}

/* Returns the name of the call that failed, with errno set, or NULL. */
static const char *prepare_adopted(int fd, bool is_no_delay, bool is_keep_alive, int backlog)
{
  int type;
  if (is_no_delay && switch_option(fd, IPPROTO_TCP, TCP_NODELAY, true) != 0)
    return "setsockopt TCP_NODELAY";
  if (is_keep_alive && switch_option(fd, SOL_SOCKET, SO_KEEPALIVE, true) != 0)
    return "setsockopt SO_KEEPALIVE";
  if (!ask(fd, SOL_SOCKET, SO_TYPE, &type))
    return "getsockopt SO_TYPE";
  bool is_connected = type == SOCK_STREAM || type == SOCK_SEQPACKET;
  return is_connected && listen(fd, backlog) != 0 ? "listen" : NULL;
}

/* adoptSocket(fd, spec) -> fd of our own */
VERB(adopt_socket)
{
  napi_value values[2];
  int fd;
  bool is_no_delay, is_keep_alive;
  int64_t backlog;
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &fd) ||
      !read_boolean_property(env, values[1], "isNoDelay", &is_no_delay) ||
      !read_boolean_property(env, values[1], "isKeepAlive", &is_keep_alive) ||
      !read_integer_property(env, values[1], "backlog", 0, INT32_MAX, &backlog))
    return NULL;
  int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  const char *failed_call = own < 0 ? "fcntl" : prepare_adopted(own, is_no_delay, is_keep_alive, (int)backlog);
  if (failed_call == NULL)
    return make_integer(env, own);
  int error = errno;
  if (own >= 0)
    close(own);
  return fail(env, failed_call, error, "");
}

/* closeOnExec(fd) */
VERB(close_on_exec)
{
  napi_value values[1];
  int fd;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd))
    return NULL;
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
    return fail(env, "fcntl", errno, "");
  return NULL;
}
