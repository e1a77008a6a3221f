/*
 * The signals hub: a handler that may run on any thread sets a bit and wakes the loop through an eventfd.
 */
#include "signals.h"

#include "addon.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { HIGHEST_SIGNAL = 64, LAST_PLAIN_SIGNAL = 31, WAKE_TRIES = 8 };

static struct {
  void (*heard)(int number); /* NULL: not ours */
  struct sigaction before;
} ears[HIGHEST_SIGNAL + 1];

static atomic_uint_fast64_t pending;
static int wake_fd = -1;
static uv_poll_t wake; /* lives as long as the process */
static int heard_count;
static napi_ref on_signal;

static void note(int number)
{
  atomic_fetch_or(&pending, UINT64_C(1) << (number - 1));
  for (int tries = 0; tries < WAKE_TRIES; tries++)
    if (eventfd_write(wake_fd, 1) == 0 || errno == EAGAIN)
      return;
}

static void handle_signal(int number)
{
  int saved = errno;
  note(number);
  errno = saved;
}

static void on_wake(uv_poll_t *handle, int status, int events)
{
  (void)handle;
  (void)status;
  (void)events;
  eventfd_t count;
  (void)eventfd_read(wake_fd, &count); /* a failed read leaves it readable: we come again */
  uint_fast64_t now = atomic_exchange(&pending, 0);
  for (int number = 1; now != 0; number++, now >>= 1)
    if ((now & 1) != 0 && ears[number].heard != NULL)
      ears[number].heard(number);
}

static int open_hub(void)
{
  wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd == -1)
    return errno;
  int error = uv_poll_init(addon.loop, &wake, wake_fd);
  if (error == 0)
    error = uv_poll_start(&wake, UV_READABLE, on_wake);
  if (error == 0)
    return 0;
  close(wake_fd);
  wake_fd = -1;
  return -error;
}

int hear_signal(int number, void (*heard)(int number))
{
  if (ears[number].heard != NULL)
    return EBUSY;
  int error = wake_fd == -1 ? open_hub() : 0;
  if (error != 0)
    return error;
  struct sigaction action = {.sa_handler = handle_signal, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  if (sigaction(number, &action, &ears[number].before) != 0)
    return errno;
  ears[number].heard = heard;
  if (heard_count++ == 0)
    uv_ref((uv_handle_t *)&wake);
  return 0;
}

void unhear_signal(int number)
{
  if (ears[number].heard == NULL)
    return;
  sigaction(number, &ears[number].before, NULL);
  ears[number].heard = NULL;
  if (--heard_count == 0)
    uv_unref((uv_handle_t *)&wake);
}

void pretend_signal(int number)
{
  note(number);
}

static void tell_signal(int number)
{
  napi_env env = addon.env;
  napi_handle_scope scope;
  napi_value thrown = NULL;
  if (env == NULL || napi_open_handle_scope(env, &scope) != napi_ok)
    return;
  napi_value value = make_integer(env, number);
  if (!call_back(on_signal, 1, &value, &thrown))
    report_thrown(thrown);
  if (addon.env != NULL)
    napi_close_handle_scope(env, scope);
}

static void close_all(napi_env env)
{
  for (int number = 1; number <= HIGHEST_SIGNAL; number++)
    if (ears[number].heard == tell_signal)
      unhear_signal(number);
  if (on_signal != NULL)
    napi_delete_reference(env, on_signal);
  on_signal = NULL;
}

/* watchSignals(numbers, onSignal) */
VERB(watch_signals)
{
  napi_value values[2];
  uint32_t count;
  if (!take_arguments(env, info, 2, values) || !read_length(env, values[0], "numbers", HIGHEST_SIGNAL, &count))
    return NULL;
  if (on_signal != NULL)
    return fail(env, "watchSignals", EBUSY, "");
  if (!read_function(env, values[1], "onSignal", &on_signal))
    return NULL;
  for (uint32_t i = 0; i < count; i++) {
    napi_value element;
    int64_t number;
    napi_get_element(env, values[0], i, &element);
    if (!read_integer(env, element, "a signal", 1, HIGHEST_SIGNAL, &number)) {
      close_all(env);
      return NULL;
    }
    if (number > LAST_PLAIN_SIGNAL && number < SIGRTMIN)
      continue; /* the C library's own: two of glibc's, three of musl's */
    int error = hear_signal((int)number, tell_signal);
    if (error != 0) {
      close_all(env);
      return fail(env, "watchSignals", error, "");
    }
  }
  end_guard();
  return NULL;
}

/* closeSignals(): may be repeated */
VERB(close_signals)
{
  (void)info;
  close_all(env);
  return NULL;
}
