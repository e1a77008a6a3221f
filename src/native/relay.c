/*
 * Relays: a small fixed pool of threads, each with an epoll set of its own. The event loop hands a client and an address
 * over and hears once what became of it. Source: spec section 8; half-closes are passed on, nothing blocks (F20).
 */
#include "relay.h"

#include "addon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST_THREADS = 4, EVENTS = 64 };

struct list {
  struct relay *first, *last;
};

/* A thread and its relays. `lock` guards what the event loop touches too: inbox, done, and closing a relay's descriptors. */
struct relay_thread {
  pthread_mutex_t lock;
  int epoll, wake;
  struct list inbox, done;
  struct list busy; /* has more to move */
  struct list connecting; /* by deadline */
  struct list finished; /* in this round; the event loop frees them once no event at hand can name them */
  struct pipe_shelf shelf;
};

static struct relay_thread threads[MOST_THREADS];
static int thread_count;
static uv_async_t ended; /* made with the threads, lives as long as the process */
static int open_count;
/* Every relay whose end has not been told, by its id. */
static struct relay **slots;
static size_t slot_count;

static void append(struct list *list, struct relay *relay)
{
  relay->next = NULL;
  relay->previous = list->last;
  if (list->last != NULL)
    list->last->next = relay;
  else
    list->first = relay;
  list->last = relay;
}

static void take_out(struct list *list, struct relay *relay)
{
  *(relay->previous != NULL ? &relay->previous->next : &list->first) = relay->next;
  *(relay->next != NULL ? &relay->next->previous : &list->last) = relay->previous;
}

static struct relay *take_first(struct list *list)
{
  struct relay *relay = list->first;
  if (relay != NULL)
    take_out(list, relay);
  return relay;
}

static uint64_t now_ms(void)
{
  return uv_hrtime() / 1000000;
}

/* The end of a relay: closes both sides. */
static void finish(struct relay_thread *thread, struct relay *relay)
{
  if (relay->is_listed)
    take_out(relay->is_connected ? &thread->busy : &thread->connecting, relay);
  release_pipes(relay, &thread->shelf);
  pthread_mutex_lock(&thread->lock);
  if (relay->target >= 0)
    close(relay->target);
  close(relay->client);
  relay->client = relay->target = -1;
  pthread_mutex_unlock(&thread->lock);
  append(&thread->finished, relay);
}

static void move_bytes(struct relay_thread *thread, struct relay *relay)
{
  enum pump_result result = pump(relay, &thread->shelf);
  if (result == PUMP_ENDED) {
    finish(thread, relay);
    return;
  }
  bool has_more = result == PUMP_HAS_MORE;
  if (has_more && !relay->is_listed)
    append(&thread->busy, relay);
  else if (!has_more && relay->is_listed)
    take_out(&thread->busy, relay);
  relay->is_listed = has_more;
}

static void fail_connect(struct relay_thread *thread, struct relay *relay, int error)
{
  relay->error = error;
  finish(thread, relay);
}

static void set_options(const struct relay *relay)
{
  int on = 1;
  (void)setsockopt(relay->target, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  (void)setsockopt(relay->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (relay->is_keep_alive)
    (void)setsockopt(relay->target, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static bool watch(const struct relay_thread *thread, struct relay *relay, int fd)
{
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = relay};
  return epoll_ctl(thread->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* The connect has come to an end: the preface goes first, then the client is heard. */
static void on_connect(struct relay_thread *thread, struct relay *relay)
{
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(relay->target, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) {
    fail_connect(thread, relay, error != 0 ? error : errno);
    return;
  }
  ssize_t sent = send(relay->target, relay->preface, relay->preface_length, MSG_NOSIGNAL);
  if (sent != (ssize_t)relay->preface_length) {
    fail_connect(thread, relay, sent < 0 ? errno : EPIPE);
    return;
  }
  if (relay->is_listed)
    take_out(&thread->connecting, relay);
  relay->is_listed = false;
  relay->is_connected = true;
  prepare_directions(relay);
  if (watch(thread, relay, relay->client))
    move_bytes(thread, relay);
  else
    fail_connect(thread, relay, errno);
}

static void begin(struct relay_thread *thread, struct relay *relay)
{
  int target = socket(relay->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (target < 0) {
    fail_connect(thread, relay, errno);
    return;
  }
  pthread_mutex_lock(&thread->lock);
  relay->target = target;
  pthread_mutex_unlock(&thread->lock);
  set_options(relay);
  if (connect(relay->target, (struct sockaddr *)&relay->address, relay->address_length) != 0 && errno != EINPROGRESS) {
    fail_connect(thread, relay, errno);
    return;
  }
  append(&thread->connecting, relay);
  relay->is_listed = true;
  if (!watch(thread, relay, relay->target))
    fail_connect(thread, relay, errno);
}

static void take_inbox(struct relay_thread *thread)
{
  eventfd_t count;
  (void)eventfd_read(thread->wake, &count);
  for (;;) {
    pthread_mutex_lock(&thread->lock);
    struct relay *relay = take_first(&thread->inbox);
    pthread_mutex_unlock(&thread->lock);
    if (relay == NULL)
      break;
    begin(thread, relay);
  }
  for (struct relay *relay = thread->connecting.first, *next; relay != NULL; relay = next) {
    next = relay->next;
    if (relay->is_stopped)
      fail_connect(thread, relay, ECANCELED);
  }
}

/* Ends connects that take too long; all are given the same time, so the first is the next. */
static int expire(struct relay_thread *thread)
{
  uint64_t now = now_ms();
  while (thread->connecting.first != NULL && thread->connecting.first->deadline_ms <= now)
    fail_connect(thread, thread->connecting.first, ETIMEDOUT);
  if (thread->connecting.first == NULL)
    return -1;
  return (int)(thread->connecting.first->deadline_ms - now);
}

static void handle(struct relay_thread *thread, struct relay *relay)
{
  if (relay == NULL)
    take_inbox(thread);
  else if (relay->client < 0)
    return; /* ended in this round */
  else if (relay->is_connected)
    move_bytes(thread, relay);
  else
    on_connect(thread, relay);
}

/* Gives the busy ones another turn. */
static void serve_busy(struct relay_thread *thread)
{
  const struct relay *last = thread->busy.last;
  for (struct relay *relay = thread->busy.first, *next; relay != NULL; relay = next) {
    next = relay == last ? NULL : relay->next;
    move_bytes(thread, relay);
  }
}

static void tell_finished(struct relay_thread *thread)
{
  if (thread->finished.first == NULL)
    return;
  pthread_mutex_lock(&thread->lock);
  for (struct relay *relay; (relay = take_first(&thread->finished)) != NULL;)
    append(&thread->done, relay);
  pthread_mutex_unlock(&thread->lock);
  uv_async_send(&ended);
}

static void *run(void *argument)
{
  struct relay_thread *thread = argument;
  struct epoll_event events[EVENTS];
  for (;;) {
    int timeout = expire(thread);
    tell_finished(thread);
    int count = epoll_wait(thread->epoll, events, EVENTS, thread->busy.first != NULL ? 0 : timeout);
    for (int i = 0; i < count; i++)
      handle(thread, events[i].data.ptr);
    serve_busy(thread);
    tell_finished(thread);
  }
  return NULL;
}

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
    struct list done = threads[i].done;
    threads[i].done = (struct list){NULL, NULL};
    pthread_mutex_unlock(&threads[i].lock);
    for (struct relay *relay; (relay = take_first(&done)) != NULL;)
      tell_end(relay);
  }
}

/* Returns 0 or an errno. No signal is handled on these threads. */
static int start_thread(struct relay_thread *thread)
{
  pthread_t id;
  sigset_t all, before;
  pthread_mutex_init(&thread->lock, NULL);
  thread->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  thread->epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  int error = thread->wake < 0 || thread->epoll < 0 || epoll_ctl(thread->epoll, EPOLL_CTL_ADD, thread->wake, &event) != 0
                ? errno
                : 0;
  sigfillset(&all);
  if (error == 0) {
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&id, NULL, run, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  if (error == 0) {
    pthread_detach(id);
    return 0;
  }
  if (thread->wake >= 0)
    close(thread->wake);
  if (thread->epoll >= 0)
    close(thread->epoll);
  return error;
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
    error = start_thread(&threads[thread_count]);
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
  memcpy(relay->preface, preface, relay->preface_length);
  relay->deadline_ms = now_ms() + (uint64_t)patience;
  return read_function(env, values[6], "onEnd", &relay->on_end);
}

static void hand_over(struct relay *relay)
{
  static int turn;
  struct relay_thread *thread = &threads[turn++ % thread_count];
  relay->thread = thread;
  pthread_mutex_lock(&thread->lock);
  append(&thread->inbox, relay);
  pthread_mutex_unlock(&thread->lock);
  (void)eventfd_write(thread->wake, 1);
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
  (void)eventfd_write(relay->thread->wake, 1);
  return NULL;
}
