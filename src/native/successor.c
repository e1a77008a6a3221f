/*
 * Another program takes this process over. What it needs is made before, so that the exec itself allocates nothing.
 */
#include "successor.h"

#include "addon.h"
#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

enum { LOWEST_FD = 3, MOST_KEPT = 65536 };

static bool read_kept(napi_env env, napi_value array, struct successor *successor)
{
  if (!read_length(env, array, "keepFds", MOST_KEPT, &successor->kept_count))
    return false;
  successor->kept = calloc(successor->kept_count + 1, sizeof *successor->kept);
  if (successor->kept == NULL)
    return refuse(env, "keepFds", "short enough for memory");
  for (uint32_t i = 0; i < successor->kept_count; i++) {
    napi_value element;
    if (napi_get_element(env, array, i, &element) != napi_ok || !read_fd(env, element, &successor->kept[i]))
      return false;
  }
  return true;
}

bool read_successor(napi_env env, const napi_value *values, struct successor *successor)
{
  uint32_t argument_count, variable_count;
  *successor = (struct successor){NULL, NULL, NULL, NULL, 0};
  if (read_string(env, values[0], "path", &successor->path) &&
      read_strings(env, values[1], "argv", &successor->argv, &argument_count) &&
      read_strings(env, values[2], "env", &successor->envp, &variable_count) && read_kept(env, values[3], successor)) {
    add_guard(&successor->envp, variable_count);
    return true;
  }
  release_successor(successor);
  return false;
}

void release_successor(struct successor *successor)
{
  free(successor->kept);
  free_strings(successor->envp);
  free_strings(successor->argv);
  free(successor->path);
  *successor = (struct successor){NULL, NULL, NULL, NULL, 0};
}

bool close_all_on_exec(void)
{
  return syscall(SYS_close_range, LOWEST_FD, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/* Node opens everything close-on-exec; what came with the daemon's own start need not be. */
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

/* Node marks 0 to 2 as well when it starts. */
static void set_kept(const struct successor *successor, int flags)
{
  for (int fd = 0; fd < LOWEST_FD; fd++)
    (void)fcntl(fd, F_SETFD, flags);
  for (uint32_t i = 0; i < successor->kept_count; i++)
    (void)fcntl(successor->kept[i], F_SETFD, flags);
}

int become(const struct successor *successor)
{
  signal_mask before;
  set_kept(successor, 0);
  begin_guard(&before);
  execve(successor->path, successor->argv, successor->envp);
  int error = errno;
  cancel_guard(&before);
  set_kept(successor, FD_CLOEXEC);
  return error;
}

/* execInPlace(path, argv, env, keepFds): does not return but by an error */
VERB(exec_in_place)
{
  napi_value values[4];
  struct successor successor;
  if (!take_arguments(env, info, 4, values) || !read_successor(env, values, &successor))
    return NULL;
  if (!close_all_on_exec())
    close_listed_on_exec();
  fail(env, "execve", become(&successor), successor.path);
  release_successor(&successor);
  return NULL;
}
