/*
 * Relays as the event loop knows them: it hands a client and an address to one of a small fixed pool of threads, and hears
 * once what became of it. Source: spec section 8; half-closes are passed on and nothing blocks (F20).
 */
#include "relay.h"

#include "addon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST_THREADS = 4 };

static struct relay_thread threads[MOST_THREADS];
static int thread_count;
static uv_async_t ended; /* made with the threads, lives as long as the process */
static int open_count;
/* Every relay whose end has not been told, by its id. */
static struct relay **slots;
static size_t slot_count;

static void tell_end(struct relay *relay)
{
  napi_env env = addon.env;
  napi_handle_scope scope;
  napi_value thrown = NULL;
  if (env != NULL && napi_open_handle_scope(env, &scope) == napi_ok) {
    napi_value values[3] = {make_integer(env, relay->error), make_integer(env, (int64_t)relay->up.bytes),
                            make_integer(env, (int64_t)relay->down.bytes)};
    if (!call_back(relay->on_end, 3, values, &thrown))
      report_thrown(thrown);
    if (addon.env != NULL) {
      napi_delete_reference(env, relay->on_end);
      napi_close_handle_scope(env, scope);
    }
  }
  slots[relay->slot] = NULL;
  free(relay);
  if (--open_count == 0)
    uv_unref((uv_handle_t *)&ended);
}

static void on_ended(uv_async_t *handle)
{
  (void)handle;
  for (int i = 0; i < thread_count; i++) {
    pthread_mutex_lock(&threads[i].lock);
    struct relay_list done = threads[i].done;
    threads[i].done = (struct relay_list){NULL, NULL};
    pthread_mutex_unlock(&threads[i].lock);
    for (struct relay *relay; (relay = take_first_relay(&done)) != NULL;)
      tell_end(relay);
  }
}

static void on_done(void)
{
  uv_async_send(&ended);
}

/* One thread is enough to go on. */
static int start_threads(void)
{
  static bool has_async;
  if (thread_count > 0)
    return 0;
  int error = has_async ? 0 : -uv_async_init(addon.loop, &ended, on_ended);
  if (error != 0)
    return error;
  if (!has_async)
    uv_unref((uv_handle_t *)&ended);
  has_async = true;
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  int wanted = cores < 1 ? 1 : cores > MOST_THREADS ? MOST_THREADS : (int)cores;
  while (error == 0 && thread_count < wanted) {
    error = start_relay_thread(&threads[thread_count], on_done);
    if (error == 0)
      thread_count++;
  }
  return thread_count > 0 ? 0 : error;
}

/* A free place in the table; -1 without memory. */
static int64_t find_slot(void)
{
  static size_t hint;
  for (size_t i = 0; i < slot_count; i++, hint = (hint + 1) % slot_count)
    if (slots[hint] == NULL)
      return (int64_t)hint;
  size_t more = slot_count == 0 ? 64 : slot_count * 2;
  struct relay **bigger = realloc(slots, more * sizeof *bigger);
  if (bigger == NULL)
    return -1;
  memset(bigger + slot_count, 0, (more - slot_count) * sizeof *bigger);
  hint = slot_count;
  slots = bigger;
  slot_count = more;
  return (int64_t)hint;
}

static bool fill_target(const char *text, int port, struct relay *relay)
{
  struct sockaddr_in *in = (struct sockaddr_in *)&relay->address;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&relay->address;
  struct sockaddr_un *un = (struct sockaddr_un *)&relay->address;
  if (text[0] == '/' && strlen(text) < sizeof un->sun_path) {
    un->sun_family = AF_UNIX;
    strcpy(un->sun_path, text);
    relay->address_length = sizeof *un;
    return true;
  }
  if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    relay->address_length = sizeof *in;
    return true;
  }
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons((uint16_t)port);
  relay->address_length = sizeof *in6;
  return inet_pton(AF_INET6, text, &in6->sin6_addr) == 1;
}

static bool read_relay(napi_env env, const napi_value *values, struct relay *relay)
{
  int64_t port, patience;
  uint8_t *preface;
  char *text = NULL;
  if (!read_fd(env, values[0], &relay->client) || !read_integer(env, values[2], "port", 0, 65535, &port) ||
      !read_boolean(env, values[3], "isKeepAlive", &relay->is_keep_alive) ||
      !read_bytes(env, values[4], "preface", &preface, &relay->preface_length) ||
      !read_integer(env, values[5], "connectMs", 1, INT32_MAX, &patience) || !read_string(env, values[1], "address", &text))
    return false;
  bool is_filled = fill_target(text, (int)port, relay);
  free(text);
  if (!is_filled)
    return refuse(env, "address", "a numeric address or an absolute path");
  if (relay->preface_length > sizeof relay->preface)
    return refuse(env, "preface", "shorter");
  if (relay->preface_length > 0)
    memcpy(relay->preface, preface, relay->preface_length);
  relay->deadline_ms = relay_now_ms() + (uint64_t)patience;
  return read_function(env, values[6], "onEnd", &relay->on_end);
}

static void hand_over(struct relay *relay)
{
  static int turn;
  struct relay_thread *thread = &threads[turn++ % thread_count];
  relay->thread = thread;
  pthread_mutex_lock(&thread->lock);
  append_relay(&thread->inbox, relay);
  pthread_mutex_unlock(&thread->lock);
  wake_relay_thread(thread);
}

/* relay(client, address, port, isKeepAlive, preface, connectMs, onEnd) -> id */
VERB(start_relay)
{
  napi_value values[7];
  struct relay *relay = calloc(1, sizeof *relay);
  int64_t slot = -1;
  int error = relay == NULL ? ENOMEM : 0;
  if (error == 0) {
    relay->target = -1;
    prepare_directions(relay);
    if (!take_arguments(env, info, 7, values) || !read_relay(env, values, relay)) {
      free(relay);
      return NULL;
    }
    error = start_threads();
  }
  if (error == 0 && (slot = find_slot()) < 0)
    error = ENOMEM;
  if (error == 0 && fcntl(relay->client, F_SETFL, O_RDWR | O_NONBLOCK) != 0)
    error = errno;
  if (error != 0) {
    if (relay != NULL)
      napi_delete_reference(env, relay->on_end);
    free(relay);
    return fail(env, "relay", error, "");
  }
  relay->slot = slot;
  slots[slot] = relay;
  if (open_count++ == 0)
    uv_ref((uv_handle_t *)&ended);
  hand_over(relay);
  return make_integer(env, slot);
}

/* endRelay(id): both sides are shut, `onEnd` follows; only before `onEnd` */
VERB(end_relay)
{
  napi_value values[1];
  int64_t slot;
  if (!take_arguments(env, info, 1, values) || !read_integer(env, values[0], "id", 0, (int64_t)slot_count - 1, &slot))
    return NULL;
  struct relay *relay = slots[slot];
  if (relay == NULL)
    return NULL;
  pthread_mutex_lock(&relay->thread->lock);
  relay->is_stopped = true;
  if (relay->client >= 0)
    shutdown(relay->client, SHUT_RDWR);
  if (relay->target >= 0)
    shutdown(relay->target, SHUT_RDWR);
  pthread_mutex_unlock(&relay->thread->lock);
  wake_relay_thread(relay->thread);
  return NULL;
}
