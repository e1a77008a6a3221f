/*
 * What is handed over to another program: a file in memory, and descriptors for a service manager to keep.
 */
#include "addon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* memoryFile(name) -> fd */
VERB(memory_file)
{
  napi_value values[1];
  char *name;
  if (!take_arguments(env, info, 1, values) || !read_string(env, values[0], "name", &name))
    return NULL;
  int fd = memfd_create(name, MFD_CLOEXEC);
  napi_value result = fd < 0 ? fail(env, "memfd_create", errno, name) : make_integer(env, fd);
  free(name);
  return result;
}

/* sendDescriptor(fd, bytes, passed) -> false when it would block */
VERB(send_descriptor)
{
  napi_value values[3], result;
  int fd, passed;
  uint8_t *data;
  size_t length;
  if (!take_arguments(env, info, 3, values) || !read_fd(env, values[0], &fd) ||
      !read_bytes(env, values[1], "bytes", &data, &length) || !read_fd(env, values[2], &passed))
    return NULL;
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.room = {0}};
  struct iovec text = {.iov_base = data, .iov_len = length};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &passed, sizeof passed);
  ssize_t sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    return fail(env, "sendmsg", errno, "");
  napi_get_boolean(env, sent >= 0, &result);
  return result;
}
