/*
 * Becoming a daemon: this program is started again in its own session, with /dev/null as input and output, our stderr, and
 * one end of a pipe through which it will say how the start went. Also the descriptor limit, which the start-up reads.
 */
#include "addon.h"
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sources are kept above the low numbers that the program will see. */
#define LOWEST_SOURCE 16

static int move_up(int fd)
{
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_SOURCE);
  int error = errno;
  close(fd);
  errno = error;
  return moved;
}

struct sources {
  int null, standard_error, status_read, status_write;
};

static void close_sources(const struct sources *sources)
{
  const int all[] = {sources->null, sources->standard_error, sources->status_write};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (all[i] >= 0)
      close(all[i]);
}

/* Returns the failed call, or NULL. A closed stderr becomes /dev/null. */
static const char *open_sources(struct sources *sources)
{
  int ends[2] = {-1, -1};
  *sources = (struct sources){-1, -1, -1, -1};
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0 || (sources->null = move_up(null)) < 0)
    return "open";
  if (pipe2(ends, O_CLOEXEC) != 0)
    return "pipe2";
  sources->status_read = ends[0];
  sources->status_write = move_up(ends[1]);
  sources->standard_error = fcntl(2, F_DUPFD_CLOEXEC, LOWEST_SOURCE);
  if (sources->standard_error < 0)
    sources->standard_error = fcntl(sources->null, F_DUPFD_CLOEXEC, LOWEST_SOURCE);
  return sources->status_write < 0 || sources->standard_error < 0 ? "fcntl" : NULL;
}

static struct profile *read_program(napi_env env, const napi_value *values)
{
  uint32_t argument_count;
  struct profile *profile = new_profile();
  if (profile == NULL) {
    fail(env, "malloc", ENOMEM, "");
    return NULL;
  }
  if (read_string(env, values[0], "path", &profile->path) &&
      read_strings(env, values[1], "argv", &profile->argv, &argument_count) &&
      read_strings(env, values[2], "env", &profile->env, &profile->env_count))
    return profile;
  release_profile(profile);
  return NULL;
}

static napi_value detached(napi_env env, pid_t pid, const struct job *job, const struct sources *sources)
{
  napi_value result;
  if (pid < 0 || job->step != STEP_NONE) {
    close(sources->status_read);
    if (pid > 0)
      (void)waitpid(pid, NULL, 0);
    return pid < 0 ? fail(env, "clone", -pid, job->profile->path)
                   : fail(env, step_name(job->step), job->error, job->profile->path);
  }
  napi_create_object(env, &result);
  set_property(env, result, "pid", make_integer(env, pid));
  set_property(env, result, "statusFd", make_integer(env, sources->status_read));
  return result;
}

/* spawnDetached(path, argv, env, statusFdNumber) -> { pid, statusFd } */
VERB(spawn_detached)
{
  napi_value values[4];
  int64_t status_number;
  struct sources sources;
  if (!take_arguments(env, info, 4, values) ||
      !read_integer(env, values[3], "statusFdNumber", 3, LOWEST_SOURCE - 1, &status_number))
    return NULL;
  struct profile *profile = read_program(env, values);
  if (profile == NULL)
    return NULL;
  const char *failed_call = open_sources(&sources);
  napi_value result = NULL;
  if (failed_call != NULL) {
    fail(env, failed_call, errno, "");
    if (sources.status_read >= 0)
      close(sources.status_read);
  } else {
    struct job job = {.profile = profile,
                      .envp = profile->env,
                      .stdio = {sources.null, sources.null, sources.standard_error},
                      .extra = sources.status_write,
                      .extra_as = (int)status_number};
    pid_t pid = start_waiting(&job);
    result = detached(env, pid, &job, &sources);
  }
  close_sources(&sources);
  release_profile(profile);
  return result;
}

static napi_value make_limit(napi_env env, rlim_t value)
{
  napi_value result = NULL;
  napi_create_double(env, value == RLIM_INFINITY ? __builtin_inf() : (double)value, &result);
  return result;
}

/* descriptorLimit() -> { soft, hard } */
VERB(descriptor_limit)
{
  (void)info;
  struct rlimit limit;
  napi_value result;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return fail(env, "getrlimit", errno, "");
  napi_create_object(env, &result);
  set_property(env, result, "soft", make_limit(env, limit.rlim_cur));
  set_property(env, result, "hard", make_limit(env, limit.rlim_max));
  return result;
}
