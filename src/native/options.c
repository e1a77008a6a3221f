/*
 * Options of sockets that are there already. A packet filter is a program that the kernel asks about every packet before the
 * socket gets it; connections that are accepted from a listening socket have its filter too.
 */
#include "options.h"

#include "addon.h"

#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>

int switch_option(int fd, int level, int option, bool is_on)
{
  int value = is_on;
  return setsockopt(fd, level, option, &value, sizeof value);
}

int attach_filter(int fd, const uint8_t *program, size_t length)
{
  if (length / sizeof(struct sock_filter) > BPF_MAXINSNS) {
    errno = E2BIG;
    return -1;
  }
  struct sock_fprog filter = {
    .len = (unsigned short)(length / sizeof(struct sock_filter)),
    .filter = (struct sock_filter *)(uintptr_t)program,
  };
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

/* setFilter(fd, program): in place of the one before; an empty program is none */
VERB(set_filter)
{
  napi_value values[2];
  int fd, unused = 0;
  uint8_t *program;
  size_t length;
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &fd) ||
      !read_bytes(env, values[1], "program", &program, &length))
    return NULL;
  if (length > 0 && attach_filter(fd, program, length) != 0)
    return fail(env, "setsockopt SO_ATTACH_FILTER", errno, "");
  if (length == 0 && setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) != 0 && errno != ENOENT)
    return fail(env, "setsockopt SO_DETACH_FILTER", errno, "");
  return NULL;
}

/* keepAlive(fd) */
VERB(keep_alive)
{
  napi_value values[1];
  int fd;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd))
    return NULL;
  if (switch_option(fd, SOL_SOCKET, SO_KEEPALIVE, true) != 0)
    return fail(env, "setsockopt SO_KEEPALIVE", errno, "");
  return NULL;
}

/* linger(fd, seconds) */
VERB(linger)
{
  napi_value values[2];
  int fd;
  int64_t seconds;
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &fd) ||
      !read_integer(env, values[1], "seconds", 0, INT32_MAX, &seconds))
    return NULL;
  struct linger option = {.l_onoff = seconds != 0, .l_linger = (int)seconds};
  if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option) != 0)
    return fail(env, "setsockopt SO_LINGER", errno, "");
  return NULL;
}
