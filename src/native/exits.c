/*
 * Exits: SIGCHLD, then wait4 until nobody is left. Every child of the process is reaped, the orphans that fall to PID 1 too;
 * JavaScript knows its own pids. A launch whose set-up failed is reported with the step and the errno.
 */
#include "addon.h"
#include "launch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct exits {
  uv_signal_t signal; /* first: libuv's pointer is ours */
  napi_ref on_exit;
};

/* The one watch in force; a closed one lives on only until libuv lets go of it. */
static struct exits *current;

static void tell_exit(const struct exits *exits, pid_t pid, int status)
{
  napi_env env = addon.env;
  napi_handle_scope scope;
  napi_value thrown = NULL, undefined;
  struct launch_failure failure = take_failure(pid);
  if (napi_open_handle_scope(env, &scope) != napi_ok)
    return;
  undefined = make_undefined(env);
  napi_value values[5] = {
    make_integer(env, pid),
    WIFEXITED(status) ? make_integer(env, WEXITSTATUS(status)) : undefined,
    WIFSIGNALED(status) ? make_integer(env, WTERMSIG(status)) : undefined,
    failure.step != NULL ? make_string(env, failure.step) : undefined,
    make_integer(env, failure.error),
  };
  if (!call_back(exits->on_exit, 5, values, &thrown))
    report_thrown(thrown);
  if (addon.env != NULL)
    napi_close_handle_scope(env, scope);
}

static void on_child(uv_signal_t *handle, int number)
{
  (void)number;
  struct exits *exits = (struct exits *)handle;
  int status;
  while (exits == current && addon.env != NULL) {
    pid_t pid = wait4(-1, &status, WNOHANG, NULL);
    if (pid > 0)
      tell_exit(exits, pid, status);
    else if (pid == 0 || errno != EINTR)
      return;
  }
}

static void on_closed(uv_handle_t *handle)
{
  struct exits *exits = (struct exits *)handle;
  if (addon.env != NULL)
    napi_delete_reference(addon.env, exits->on_exit);
  free(exits);
}

static void close_current(void)
{
  struct exits *exits = current;
  current = NULL;
  uv_close((uv_handle_t *)&exits->signal, on_closed);
}

/* watchExits(onExit); children that ended before are told as well */
VERB(watch_exits)
{
  napi_value values[1];
  napi_ref on_exit;
  if (!take_arguments(env, info, 1, values) || !read_function(env, values[0], "onExit", &on_exit))
    return NULL;
  struct exits *exits = current == NULL ? malloc(sizeof *exits) : NULL;
  int error = exits == NULL ? UV_EBUSY : uv_signal_init(addon.loop, &exits->signal);
  if (error != 0) {
    napi_delete_reference(env, on_exit);
    free(exits);
    return fail(env, "watchExits", -error, "");
  }
  exits->on_exit = on_exit;
  current = exits;
  error = uv_signal_start(&exits->signal, on_child, SIGCHLD);
  if (error != 0) {
    close_current();
    return fail(env, "watchExits", -error, "");
  }
  kill(getpid(), SIGCHLD);
  return NULL;
}

/* closeExits(): may be repeated */
VERB(close_exits)
{
  (void)env;
  (void)info;
  if (current != NULL)
    close_current();
  return NULL;
}
