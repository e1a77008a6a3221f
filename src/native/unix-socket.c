/*
 * Listening sockets of the unix family: a path in the file system, with its mode and owner, or an abstract name. Nobody can
 * connect before mode and owner are right. And who is at the other end of such a connection.
 */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_GROUPS 65536

struct unix_spec {
  char *path;
  int type, mode, backlog;
  uid_t uid; /* (uid_t)-1: unchanged */
  gid_t gid;
};

static const char *const types[] = {"stream", "seqpacket", NULL};
static const int type_numbers[] = {SOCK_STREAM, SOCK_SEQPACKET};

static bool read_spec(napi_env env, napi_value object, struct unix_spec *spec)
{
  napi_value type, path;
  int type_index;
  int64_t mode, backlog, uid, gid;
  if (!read_property(env, object, "type", &type) || !read_word(env, type, "type", types, &type_index) ||
      !read_integer_property(env, object, "mode", 0, 0777, &mode) ||
      !read_integer_property(env, object, "backlog", 0, INT32_MAX, &backlog) ||
      !read_integer_property(env, object, "uid", -1, UINT32_MAX, &uid) ||
      !read_integer_property(env, object, "gid", -1, UINT32_MAX, &gid))
    return false;
  *spec = (struct unix_spec){
    .type = type_numbers[type_index], .mode = (int)mode, .backlog = (int)backlog, .uid = (uid_t)uid, .gid = (gid_t)gid};
  return read_property(env, object, "path", &path) && read_string(env, path, "path", &spec->path);
}

static bool is_abstract(const char *path)
{
  return path[0] == '@';
}

/* `@name` is an abstract address. Returns its length, 0 with errno set for a path that is none or too long. */
static socklen_t fill_path(const char *path, struct sockaddr_un *address)
{
  size_t length = strlen(path);
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  errno = length < 2 ? EINVAL : ENAMETOOLONG;
  if (length < 2 || length >= sizeof address->sun_path)
    return 0;
  memcpy(address->sun_path, path, length);
  if (is_abstract(path))
    address->sun_path[0] = '\0';
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + !is_abstract(path));
}

/*
 * A socket file that nobody has any more was left behind. Asked with a socket of another type, which a living listener refuses
 * as such: it is not bothered with a connection.
 */
static bool is_stale(const char *path, const struct sockaddr_un *address, socklen_t length)
{
  struct stat status;
  if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode))
    return false;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  bool is_refused = fd >= 0 && connect(fd, (const struct sockaddr *)address, length) != 0 && errno == ECONNREFUSED;
  if (fd >= 0)
    close(fd);
  return is_refused;
}

/* Under a mask that leaves the file to its owner alone, for the time until its mode is set. */
static int bind_masked(int fd, const struct sockaddr_un *address, socklen_t length)
{
  mode_t mask = umask(0177);
  int result = bind(fd, (const struct sockaddr *)address, length);
  umask(mask);
  return result;
}

static int bind_path(int fd, const struct unix_spec *spec, const struct sockaddr_un *address, socklen_t length)
{
  int result = bind_masked(fd, address, length);
  if (result == 0 || errno != EADDRINUSE || is_abstract(spec->path))
    return result;
  bool has_gone = is_stale(spec->path, address, length) && unlink(spec->path) == 0;
  errno = EADDRINUSE;
  return has_gone ? bind_masked(fd, address, length) : -1;
}

/* Mode and owner of the file, through a descriptor that follows no link. Returns the failed call or NULL. */
static const char *settle_file(const struct unix_spec *spec, struct stat *status)
{
  char self[64];
  int fd = open(spec->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return "open";
  const char *failed_call = NULL;
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  errno = ENOTSOCK;
  if (fstat(fd, status) != 0 || !S_ISSOCK(status->st_mode))
    failed_call = "fstat";
  else if (fchownat(fd, "", spec->uid, spec->gid, AT_EMPTY_PATH) != 0)
    failed_call = "chown";
  else if (chmod(self, (mode_t)spec->mode) != 0)
    failed_call = "chmod";
  int error = errno;
  close(fd);
  errno = error;
  return failed_call;
}

/* Returns the failed call or NULL; what was bound is gone again after a failure. */
static const char *bind_and_listen(int fd, const struct unix_spec *spec, struct stat *status)
{
  struct sockaddr_un address;
  socklen_t length = fill_path(spec->path, &address);
  if (length == 0 || bind_path(fd, spec, &address, length) != 0)
    return "bind";
  const char *failed_call = is_abstract(spec->path) ? NULL : settle_file(spec, status);
  if (failed_call == NULL && listen(fd, spec->backlog) != 0)
    failed_call = "listen";
  if (failed_call != NULL && !is_abstract(spec->path)) {
    int error = errno;
    unlink(spec->path);
    errno = error;
  }
  return failed_call;
}

/* openUnixSocket(spec) -> { fd, device, inode }; device and inode are those of the file, 0 where there is none */
VERB(open_unix_socket)
{
  napi_value values[1], result = NULL;
  struct unix_spec spec;
  struct stat status = {.st_dev = 0, .st_ino = 0};
  if (!take_arguments(env, info, 1, values) || !read_spec(env, values[0], &spec))
    return NULL;
  int fd = socket(AF_UNIX, spec.type | SOCK_CLOEXEC, 0);
  const char *failed_call = fd < 0 ? "socket" : bind_and_listen(fd, &spec, &status);
  if (failed_call != NULL) {
    fail(env, failed_call, errno, spec.path);
    if (fd >= 0)
      close(fd);
  } else {
    napi_create_object(env, &result);
    set_property(env, result, "fd", make_integer(env, fd));
    set_property(env, result, "device", make_integer(env, (int64_t)status.st_dev));
    set_property(env, result, "inode", make_integer(env, (int64_t)status.st_ino));
  }
  free(spec.path);
  return result;
}

/* removeSocketFile(path, device, inode): unless another file has its place */
VERB(remove_socket_file)
{
  napi_value values[3];
  char *path;
  int64_t device, inode;
  struct stat status;
  if (!take_arguments(env, info, 3, values) || !read_integer(env, values[1], "device", 0, INT64_MAX, &device) ||
      !read_integer(env, values[2], "inode", 0, INT64_MAX, &inode) || !read_string(env, values[0], "path", &path))
    return NULL;
  if (lstat(path, &status) == 0 && (int64_t)status.st_dev == device && (int64_t)status.st_ino == inode)
    unlink(path);
  free(path);
  return NULL;
}

static napi_value make_groups(napi_env env, int fd)
{
  napi_value groups;
  gid_t *list = malloc(MOST_GROUPS * sizeof *list);
  socklen_t length = list == NULL ? 0 : MOST_GROUPS * sizeof *list;
  if (list == NULL || getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, list, &length) != 0)
    length = 0;
  napi_create_array(env, &groups);
  for (uint32_t i = 0; i < length / sizeof *list; i++)
    napi_set_element(env, groups, i, make_integer(env, list[i]));
  free(list);
  return groups;
}

/* peerPerson(fd) -> { uid, gid, pid, groups } of whoever connected */
VERB(peer_person)
{
  napi_value values[1], result;
  int fd;
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (!take_arguments(env, info, 1, values) || !read_fd(env, values[0], &fd))
    return NULL;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
    return fail(env, "getsockopt SO_PEERCRED", errno, "");
  napi_create_object(env, &result);
  set_property(env, result, "uid", make_integer(env, peer.uid));
  set_property(env, result, "gid", make_integer(env, peer.gid));
  set_property(env, result, "pid", make_integer(env, peer.pid));
  set_property(env, result, "groups", make_groups(env, fd));
  return result;
}
