/*
 * Telling JavaScript that a descriptor is ready: accepting connections, readable listeners of wait = yes, and connections
 * served in-process. One uv_poll per watch. A watch may be closed from inside its own callback, and the descriptor may be
 * closed right after it: libuv forgets the descriptor at once, the memory goes when both libuv and JavaScript let go.
 * uv_poll sets O_NONBLOCK on the shared description: setBlocking takes that back before a server gets a listener.
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define WATCH_MAGIC 0x77617463u

static void release_watch(struct watch *watch)
{
  if (--watch->owners == 0)
    free(watch);
}

static void on_collected(napi_env env, void *data, void *hint)
{
  (void)env;
  (void)hint;
  release_watch(data);
}

static void on_closed(uv_handle_t *handle)
{
  struct watch *watch = (struct watch *)handle;
  if (addon.env != NULL) {
    napi_delete_reference(addon.env, watch->on_ready);
    if (watch->on_error != NULL)
      napi_delete_reference(addon.env, watch->on_error);
  }
  release_watch(watch);
}

static void tell_ready(struct watch *watch, int events)
{
  napi_handle_scope scope;
  napi_value values[2], thrown;
  if (napi_open_handle_scope(addon.env, &scope) != napi_ok)
    return;
  napi_get_boolean(addon.env, (events & UV_READABLE) != 0, &values[0]);
  napi_get_boolean(addon.env, (events & UV_WRITABLE) != 0, &values[1]);
  if (!call_back(watch->on_ready, watch->kind == WATCH_READY ? 2 : 0, values, &thrown))
    report_thrown(thrown);
  if (addon.env != NULL)
    napi_close_handle_scope(addon.env, scope);
}

static int start_poll(struct watch *watch);

/*
 * libuv stops a poll whose descriptor has an error pending. A connection is then reported as ready for all it waits for, so
 * that the next receive or send meets the errno; elsewhere the pending error is of no use and is taken off.
 */
static void on_poll(uv_poll_t *poll, int status, int events)
{
  struct watch *watch = (struct watch *)poll;
  int pending;
  socklen_t length = sizeof pending;
  if (addon.env == NULL)
    return;
  if (status < 0 && watch->kind != WATCH_READY)
    (void)getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &pending, &length);
  if (watch->kind == WATCH_ACCEPT)
    accept_some(watch);
  else
    tell_ready(watch, status < 0 ? watch->events : events);
  if (status < 0 && !watch->is_closing && watch->events != 0)
    (void)start_poll(watch);
}

static int start_poll(struct watch *watch)
{
  return watch->events == 0 ? uv_poll_stop(&watch->poll) : uv_poll_start(&watch->poll, watch->events, on_poll);
}

static bool read_watch(napi_env env, napi_value value, struct watch **out)
{
  napi_valuetype type;
  void *data = NULL;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external ||
      napi_get_value_external(env, value, &data) != napi_ok || ((struct watch *)data)->magic != WATCH_MAGIC)
    return refuse(env, "the watch", "one of this core");
  *out = data;
  return true;
}

static void drop_references(napi_env env, struct watch *watch)
{
  napi_delete_reference(env, watch->on_ready);
  if (watch->on_error != NULL)
    napi_delete_reference(env, watch->on_error);
  free(watch);
}

/* Takes over `draft`'s references in every case. */
static napi_value begin_watch(napi_env env, const struct watch *draft)
{
  napi_value handle;
  struct watch *watch = malloc(sizeof *watch);
  if (watch == NULL)
    return fail(env, "malloc", ENOMEM, "");
  *watch = *draft;
  watch->magic = WATCH_MAGIC;
  int error = uv_poll_init(addon.loop, &watch->poll, watch->fd);
  if (error != 0) {
    drop_references(env, watch);
    return fail(env, "epoll_ctl", -error, "");
  }
  watch->owners = 2;
  error = start_poll(watch);
  if (error != 0 || napi_create_external(env, watch, on_collected, NULL, &handle) != napi_ok) {
    watch->owners = 1;
    uv_close((uv_handle_t *)&watch->poll, on_closed);
    return fail(env, "epoll_ctl", error != 0 ? -error : ENOMEM, "");
  }
  return handle;
}

/* watchAccept(fd, isConvertingMapped, onConnection, onError) -> watch */
VERB(watch_accept)
{
  napi_value values[4];
  struct watch draft = {.kind = WATCH_ACCEPT, .events = UV_READABLE};
  if (!take_arguments(env, info, 4, values) || !read_fd(env, values[0], &draft.fd) ||
      !read_boolean(env, values[1], "convertMapped", &draft.is_converting_mapped) ||
      !read_function(env, values[2], "onConnection", &draft.on_ready) ||
      !read_function(env, values[3], "onError", &draft.on_error))
    return NULL;
  return begin_watch(env, &draft);
}

/* watchReadable(fd, onReadable) -> watch */
VERB(watch_readable)
{
  napi_value values[2];
  struct watch draft = {.kind = WATCH_READABLE, .events = UV_READABLE};
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &draft.fd) ||
      !read_function(env, values[1], "onReadable", &draft.on_ready))
    return NULL;
  return begin_watch(env, &draft);
}

/* watchReady(fd, onReady) -> watch that wants nothing yet */
VERB(watch_ready)
{
  napi_value values[2];
  struct watch draft = {.kind = WATCH_READY, .events = 0};
  if (!take_arguments(env, info, 2, values) || !read_fd(env, values[0], &draft.fd) ||
      !read_function(env, values[1], "onReady", &draft.on_ready))
    return NULL;
  return begin_watch(env, &draft);
}

/* watchWant(watch, isReadable, isWritable): nothing wanted is a pause; a closed watch wants nothing any more */
VERB(watch_want)
{
  napi_value values[3];
  struct watch *watch;
  bool is_readable, is_writable;
  if (!take_arguments(env, info, 3, values) || !read_watch(env, values[0], &watch) ||
      !read_boolean(env, values[1], "isReadable", &is_readable) || !read_boolean(env, values[2], "isWritable", &is_writable))
    return NULL;
  int events = (is_readable ? UV_READABLE : 0) | (is_writable ? UV_WRITABLE : 0);
  if (watch->is_closing || watch->events == events)
    return NULL;
  watch->events = events;
  int error = start_poll(watch);
  return error == 0 ? NULL : fail(env, "epoll_ctl", -error, "");
}

/* watchClose(watch): may be repeated */
VERB(watch_close)
{
  napi_value values[1];
  struct watch *watch;
  if (!take_arguments(env, info, 1, values) || !read_watch(env, values[0], &watch) || watch->is_closing)
    return NULL;
  watch->is_closing = true;
  uv_close((uv_handle_t *)&watch->poll, on_closed);
  return NULL;
}
