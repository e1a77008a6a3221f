/*
 * Exits: SIGCHLD, then wait4 until nobody is left. Every child of the process is reaped, the orphans that fall to PID 1 too;
 * JavaScript knows its own pids. A launch whose set-up failed is reported with the step and the errno.
 */
#include "addon.h"
#include "launch.h"
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* The callback of the one watch in force. */
static napi_ref on_exit_told;

static int64_t microseconds(const struct timeval *time)
{
  return (int64_t)time->tv_sec * 1000000 + time->tv_usec;
}

static void tell_exit(pid_t pid, int status, const struct rusage *used)
{
  napi_env env = addon.env;
  napi_handle_scope scope;
  napi_value thrown = NULL, undefined;
  struct launch_failure failure = take_failure(pid);
  if (napi_open_handle_scope(env, &scope) != napi_ok)
    return;
  undefined = make_undefined(env);
  napi_value values[6] = {
    make_integer(env, pid),
    WIFEXITED(status) ? make_integer(env, WEXITSTATUS(status)) : undefined,
    WIFSIGNALED(status) ? make_integer(env, WTERMSIG(status)) : undefined,
    failure.step != NULL ? make_string(env, failure.step) : undefined,
    make_integer(env, failure.error),
    make_integer(env, microseconds(&used->ru_utime) + microseconds(&used->ru_stime)),
  };
  if (!call_back(on_exit_told, 6, values, &thrown))
    report_thrown(thrown);
  if (addon.env != NULL)
    napi_close_handle_scope(env, scope);
}

static void on_child(int number)
{
  (void)number;
  int status;
  struct rusage used;
  while (on_exit_told != NULL && addon.env != NULL) {
    pid_t pid = wait4(-1, &status, WNOHANG, &used);
    if (pid > 0)
      tell_exit(pid, status, &used);
    else if (pid == 0 || errno != EINTR)
      return;
  }
}

/* watchExits(onExit); children that ended before are told as well */
VERB(watch_exits)
{
  napi_value values[1];
  if (!take_arguments(env, info, 1, values))
    return NULL;
  if (on_exit_told != NULL)
    return fail(env, "watchExits", EBUSY, "");
  if (!read_function(env, values[0], "onExit", &on_exit_told))
    return NULL;
  int error = hear_signal(SIGCHLD, on_child);
  if (error != 0) {
    napi_delete_reference(env, on_exit_told);
    on_exit_told = NULL;
    return fail(env, "watchExits", error, "");
  }
  pretend_signal(SIGCHLD);
  return NULL;
}

/* closeExits(): may be repeated */
VERB(close_exits)
{
  (void)info;
  if (on_exit_told == NULL)
    return NULL;
  unhear_signal(SIGCHLD);
  napi_delete_reference(env, on_exit_told);
  on_exit_told = NULL;
  return NULL;
}
