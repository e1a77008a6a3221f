/*
 * Taking connections from a listener: a bounded number per turn of the loop, each told with the address of its peer. A
 * callback that throws gives its descriptor back, so that no mistake in JavaScript leaks one.
 */
#include "peer.h"
#include "watch.h"

#include <errno.h>
#include <unistd.h>

/* One listener must not starve the others: what is left is reported again at the next turn of the loop. */
#define ACCEPTS_PER_WAKE 64

/* The accepted descriptor whose callback is running, or -1. */
static int undecided_fd = -1;

void note_closed(int fd)
{
  if (fd == undecided_fd)
    undecided_fd = -1;
}

static void tell_error(const struct watch *watch, int error)
{
  napi_value thrown, value = make_integer(addon.env, error);
  if (!call_back(watch->on_error, 1, &value, &thrown))
    report_thrown(thrown);
}

/* The server should see an IPv4 socket; a kernel that refuses leaves the IPv6 one, which works as well. */
static void convert_mapped(int fd, const struct sockaddr_storage *address)
{
  int family = AF_INET;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
  if (address->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
    (void)setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &family, sizeof family);
}

static void tell_connection(const struct watch *watch, int fd, const struct sockaddr_storage *address)
{
  struct peer peer;
  describe_peer(address, &peer);
  if (watch->is_converting_mapped)
    convert_mapped(fd, address);
  napi_env env = addon.env;
  napi_value values[8] = {make_integer(env, fd), make_integer(env, peer.family), make_integer(env, peer.port),
                          make_string(env, peer.text)};
  napi_value thrown;
  for (int i = 0; i < 4; i++)
    values[4 + i] = make_integer(env, peer.words[i]);
  undecided_fd = fd;
  bool has_returned = call_back(watch->on_ready, 8, values, &thrown);
  if (!has_returned && undecided_fd >= 0)
    close(undecided_fd);
  undecided_fd = -1;
  if (!has_returned)
    report_thrown(thrown);
}

/* False when there is nothing more to accept now. */
static bool accept_one(struct watch *watch)
{
  struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
  socklen_t length = sizeof address;
  int fd = accept4(watch->fd, (struct sockaddr *)&address, &length, SOCK_CLOEXEC);
  int error = errno;
  if (fd < 0 && (error == EINTR || error == ECONNABORTED))
    return true;
  if (fd < 0 && (error == EAGAIN || error == EWOULDBLOCK))
    return false;
  napi_handle_scope scope;
  if (napi_open_handle_scope(addon.env, &scope) != napi_ok)
    return false;
  if (fd < 0)
    tell_error(watch, error);
  else
    tell_connection(watch, fd, &address);
  if (addon.env != NULL)
    napi_close_handle_scope(addon.env, scope);
  return fd >= 0;
}

void accept_some(struct watch *watch)
{
  for (int i = 0; i < ACCEPTS_PER_WAKE; i++)
    if (watch->is_closing || watch->events == 0 || addon.env == NULL || !accept_one(watch))
      return;
}
