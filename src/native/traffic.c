/*
 * Bytes in and out without ever waiting: streams for built-in services and banners, datagrams for UDP services, and the
 * datagram socket of syslog. "Would block" is a result, never an error; a closed peer raises no signal.
 */
#include "addon.h"
#include "options.h"
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static bool would_block(int error)
{
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static bool read_fd_and_bytes(napi_env env, const napi_value *values, int *fd, uint8_t **data, size_t *length)
{
  return read_fd(env, values[0], fd) && read_bytes(env, values[1], "bytes", data, length);
}

/* sendNow(fd, bytes) -> bytes sent */
VERB(send_now)
{
  napi_value values[2];
  int fd;
  uint8_t *data;
  size_t length;
  if (!take_arguments(env, info, 2, values) || !read_fd_and_bytes(env, values, &fd, &data, &length))
    return NULL;
  ssize_t sent = send(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && !would_block(errno))
    return fail(env, "send", errno, "");
  return make_integer(env, sent < 0 ? 0 : sent);
}

/* receiveNow(fd, into) -> length, or undefined when nothing is there */
VERB(receive_now)
{
  napi_value values[2];
  int fd;
  uint8_t *data;
  size_t length;
  if (!take_arguments(env, info, 2, values) || !read_fd_and_bytes(env, values, &fd, &data, &length))
    return NULL;
  ssize_t received = recv(fd, data, length, MSG_DONTWAIT);
  if (received < 0)
    return would_block(errno) ? NULL : fail(env, "recv", errno, "");
  return make_integer(env, received);
}

static napi_value make_endpoint(napi_env env, const struct peer *peer)
{
  napi_value endpoint, words;
  napi_create_object(env, &endpoint);
  napi_create_array_with_length(env, 4, &words);
  for (uint32_t i = 0; i < 4; i++)
    napi_set_element(env, words, i, make_integer(env, peer->words[i]));
  set_property(env, endpoint, "family", make_integer(env, peer->family));
  set_property(env, endpoint, "port", make_integer(env, peer->port));
  set_property(env, endpoint, "text", make_string(env, peer->text));
  set_property(env, endpoint, "words", words);
  return endpoint;
}

static napi_value make_datagram(napi_env env, ssize_t length, const struct peer *peer)
{
  napi_value datagram = make_endpoint(env, peer);
  set_property(env, datagram, "length", make_integer(env, length));
  set_property(env, datagram, "scope", make_integer(env, peer->scope));
  return datagram;
}

/* localEndpoint(fd) -> this end of a connection */
VERB(local_endpoint)
{
  napi_value values[1];
  int fd;
  struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
  socklen_t length = sizeof address;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd))
    return NULL;
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
    return fail(env, "getsockname", errno, "");
  struct peer local;
  describe_peer(&address, &local);
  return make_endpoint(env, &local);
}

/* receiveFrom(fd, into, peek) -> datagram, or undefined when nothing is there */
VERB(receive_from)
{
  napi_value values[3];
  int fd;
  uint8_t *data;
  size_t length;
  bool is_peek;
  struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
  socklen_t address_length = sizeof address;
  if (!take_arguments(env, info, 3, values) || !read_fd_and_bytes(env, values, &fd, &data, &length) ||
      !read_boolean(env, values[2], "peek", &is_peek))
    return NULL;
  ssize_t received =
    recvfrom(fd, data, length, MSG_DONTWAIT | (is_peek ? MSG_PEEK : 0), (struct sockaddr *)&address, &address_length);
  if (received < 0)
    return would_block(errno) ? NULL : fail(env, "recvfrom", errno, "");
  struct peer peer;
  describe_peer(&address, &peer);
  return make_datagram(env, received, &peer);
}

/* The time of arrival in nanoseconds, of which the highest digits are left out; of one that came before the kernel was asked for
 * such times, the time of the first look. 0: nothing waits. */
static int64_t peek_stamp(int fd)
{
  char control[CMSG_SPACE(sizeof(struct timespec))];
  struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control};
  struct timespec time;
  if (recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT) < 0)
    return 0;
  const struct cmsghdr *first = CMSG_FIRSTHDR(&message);
  if (first == NULL || first->cmsg_level != SOL_SOCKET || first->cmsg_type != SCM_TIMESTAMPNS)
    return 0;
  memcpy(&time, CMSG_DATA(first), sizeof time);
  return (int64_t)(time.tv_sec & 0xfffff) * 1000000000 + time.tv_nsec;
}

/* datagramStamp(fd) -> number, or undefined when nothing waits. The option is off again before a server can see the socket. */
VERB(datagram_stamp)
{
  napi_value values[1];
  int fd;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd))
    return NULL;
  if (switch_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, true) != 0)
    return fail(env, "setsockopt SO_TIMESTAMPNS", errno, "");
  int64_t stamp = peek_stamp(fd);
  (void)switch_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, false);
  return stamp == 0 ? NULL : make_integer(env, stamp);
}

static bool read_peer_number(napi_env env, napi_value object, const char *name, int64_t highest, int64_t *out)
{
  napi_value value;
  *out = 0;
  return read_property(env, object, name, &value) &&
         (is_undefined(env, value) || read_integer(env, value, name, 0, highest, out));
}

static bool read_peer(napi_env env, napi_value object, struct peer *peer)
{
  int64_t family, port, scope, word;
  napi_value words, element;
  uint32_t count;
  memset(peer, 0, sizeof *peer);
  if (!read_peer_number(env, object, "family", 6, &family) || !read_peer_number(env, object, "port", 65535, &port) ||
      !read_peer_number(env, object, "scope", UINT32_MAX, &scope) || !read_property(env, object, "words", &words) ||
      !read_length(env, words, "words", 4, &count))
    return false;
  for (uint32_t i = 0; i < count; i++) {
    if (napi_get_element(env, words, i, &element) != napi_ok || !read_integer(env, element, "words", 0, UINT32_MAX, &word))
      return false;
    peer->words[i] = (uint32_t)word;
  }
  peer->family = (int)family;
  peer->port = (int)port;
  peer->scope = (uint32_t)scope;
  return true;
}

/* replyTo(fd, bytes, datagram) -> false when it would block */
VERB(reply_to)
{
  napi_value values[3], result;
  int fd;
  uint8_t *data;
  size_t length;
  struct peer peer;
  struct sockaddr_storage address;
  if (!take_arguments(env, info, 3, values) || !read_fd_and_bytes(env, values, &fd, &data, &length) ||
      !read_peer(env, values[2], &peer))
    return NULL;
  socklen_t address_length = peer_address(&peer, &address);
  ssize_t sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, address_length);
  if (sent < 0 && !would_block(errno))
    return fail(env, "sendto", errno, peer.text);
  napi_get_boolean(env, sent >= 0, &result);
  return result;
}

/* Returns the connected descriptor, or -1 with errno and the call that failed. `@name` is an abstract address. */
static int connect_unix(const char *path, const char **failed_call)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  bool is_abstract = path[0] == '@';
  size_t length = strlen(path) + !is_abstract;
  if (length > sizeof address.sun_path) {
    *failed_call = "connect";
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(address.sun_path, path, length);
  if (is_abstract)
    address.sun_path[0] = '\0';
  length += offsetof(struct sockaddr_un, sun_path);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  *failed_call = fd < 0 ? "socket" : "connect";
  if (fd < 0 || connect(fd, (const struct sockaddr *)&address, (socklen_t)length) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

/* openUnixDatagram(path) -> fd */
VERB(open_unix_datagram)
{
  napi_value values[1];
  char *path;
  const char *failed_call;
  if (!take_arguments(env, info, 1, values) || !read_string(env, values[0], "path", &path))
    return NULL;
  int fd = connect_unix(path, &failed_call);
  napi_value result = fd < 0 ? fail(env, failed_call, errno, path) : make_integer(env, fd);
  free(path);
  return result;
}
