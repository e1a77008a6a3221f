/*
 * Another program takes this process over: same pid, same children, the descriptors it is to have, all others closed. Also
 * what is handed over with it: a file in memory, and descriptors for a service manager to keep.
 */
#include "addon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

enum { LOWEST_FD = 3, MOST_KEPT = 65536 };

struct kept {
  int *fds;
  uint32_t count;
};

static bool read_kept(napi_env env, napi_value array, struct kept *kept)
{
  if (!read_length(env, array, "keepFds", MOST_KEPT, &kept->count))
    return false;
  kept->fds = calloc(kept->count + 1, sizeof *kept->fds);
  if (kept->fds == NULL)
    return refuse(env, "keepFds", "short enough for memory");
  for (uint32_t i = 0; i < kept->count; i++) {
    napi_value element;
    if (napi_get_element(env, array, i, &element) != napi_ok || !read_fd(env, element, &kept->fds[i]))
      return false;
  }
  return true;
}

static void close_listed_on_exec(void)
{
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL)
    return;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int fd = atoi(entry->d_name);
    if (fd >= LOWEST_FD)
      (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  closedir(directory);
}

/* Node opens everything close-on-exec; what came with the daemon's own start need not be. */
static void close_all_on_exec(void)
{
  if (syscall(SYS_close_range, LOWEST_FD, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    close_listed_on_exec();
}

/* Node marks 0 to 2 as well when it starts. */
static void set_kept(const struct kept *kept, int flags)
{
  for (int fd = 0; fd < LOWEST_FD; fd++)
    (void)fcntl(fd, F_SETFD, flags);
  for (uint32_t i = 0; i < kept->count; i++)
    (void)fcntl(kept->fds[i], F_SETFD, flags);
}

/* Returns only when it failed: everything is as before then. */
static int replace_program(const char *path, char **argv, char **envp, const struct kept *kept)
{
  sigset_t none, before;
  sigemptyset(&none);
  close_all_on_exec();
  set_kept(kept, 0);
  pthread_sigmask(SIG_SETMASK, &none, &before);
  execve(path, argv, envp);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  set_kept(kept, FD_CLOEXEC);
  return error;
}

/* execInPlace(path, argv, env, keepFds): does not return but by an error */
VERB(exec_in_place)
{
  napi_value values[4];
  char *path = NULL, **argv = NULL, **envp = NULL;
  uint32_t argument_count, variable_count;
  struct kept kept = {NULL, 0};
  if (take_arguments(env, info, 4, values) && read_string(env, values[0], "path", &path) &&
      read_strings(env, values[1], "argv", &argv, &argument_count) &&
      read_strings(env, values[2], "env", &envp, &variable_count) && read_kept(env, values[3], &kept))
    fail(env, "execve", replace_program(path, argv, envp, &kept), path);
  free(kept.fds);
  free_strings(envp);
  free_strings(argv);
  free(path);
  return NULL;
}

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
