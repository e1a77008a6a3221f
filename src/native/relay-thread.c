/*
 * A thread of relays: connects, watches both sides, moves bytes, expires what takes too long. Nothing here blocks but the wait
 * for events.
 */
#include "relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

enum { EVENTS = 64, PUT_OFF_MS = 20 };

void append_relay(struct relay_list *list, struct relay *relay)
{
  relay->next = NULL;
  relay->previous = list->last;
  if (list->last != NULL)
    list->last->next = relay;
  else
    list->first = relay;
  list->last = relay;
}

static void take_out(struct relay_list *list, struct relay *relay)
{
  *(relay->previous != NULL ? &relay->previous->next : &list->first) = relay->next;
  *(relay->next != NULL ? &relay->next->previous : &list->last) = relay->previous;
}

struct relay *take_first_relay(struct relay_list *list)
{
  struct relay *relay = list->first;
  if (relay != NULL)
    take_out(list, relay);
  return relay;
}

uint64_t relay_now_ms(void)
{
  return uv_hrtime() / 1000000;
}

static void put_off(struct relay_thread *thread, struct relay *relay, bool is_put_off)
{
  thread->put_off_count += (int)is_put_off - (int)relay->is_put_off;
  relay->is_put_off = is_put_off;
}

/* Closing alone is not enough: a child that is just being launched has a copy, and the events would outlive the relay. */
static void unwatch_and_close(const struct relay_thread *thread, int fd)
{
  (void)epoll_ctl(thread->epoll, EPOLL_CTL_DEL, fd, NULL);
  close(fd);
}

/* The end of a relay: closes both sides. */
static void finish(struct relay_thread *thread, struct relay *relay)
{
  put_off(thread, relay, false);
  if (relay->is_listed)
    take_out(relay->is_connected ? &thread->busy : &thread->connecting, relay);
  release_pipes(relay, &thread->shelf);
  pthread_mutex_lock(&thread->lock);
  if (relay->target >= 0)
    unwatch_and_close(thread, relay->target);
  unwatch_and_close(thread, relay->client);
  relay->client = relay->target = -1;
  pthread_mutex_unlock(&thread->lock);
  append_relay(&thread->finished, relay);
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
    append_relay(&thread->busy, relay);
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

static void try_connect(struct relay_thread *thread, struct relay *relay)
{
  int error = connect(relay->target, (struct sockaddr *)&relay->address, relay->address_length) != 0 ? errno : 0;
  put_off(thread, relay, error == EAGAIN);
  if (relay->is_put_off)
    return;
  if (error != 0 && error != EINPROGRESS)
    fail_connect(thread, relay, error);
  else if (!watch(thread, relay, relay->target))
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
  append_relay(&thread->connecting, relay);
  relay->is_listed = true;
  try_connect(thread, relay);
}

/* Unix sockets have no event for room in the queue of their listener. */
static void try_again(struct relay_thread *thread)
{
  if (thread->put_off_count == 0)
    return;
  for (struct relay *relay = thread->connecting.first, *next; relay != NULL; relay = next) {
    next = relay->next;
    if (relay->is_put_off)
      try_connect(thread, relay);
  }
}

static void take_inbox(struct relay_thread *thread)
{
  eventfd_t count;
  (void)eventfd_read(thread->wake, &count);
  for (;;) {
    pthread_mutex_lock(&thread->lock);
    struct relay *relay = take_first_relay(&thread->inbox);
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

/* Ends connects that take too long; all are given the same time, so the first is the next. Returns when to look again. */
static int expire(struct relay_thread *thread)
{
  uint64_t now = relay_now_ms();
  while (thread->connecting.first != NULL && thread->connecting.first->deadline_ms <= now)
    fail_connect(thread, thread->connecting.first, ETIMEDOUT);
  if (thread->connecting.first == NULL)
    return -1;
  int left = (int)(thread->connecting.first->deadline_ms - now);
  return left > PUT_OFF_MS && thread->put_off_count > 0 ? PUT_OFF_MS : left;
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
  for (struct relay *relay; (relay = take_first_relay(&thread->finished)) != NULL;)
    append_relay(&thread->done, relay);
  pthread_mutex_unlock(&thread->lock);
  thread->on_done();
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
    try_again(thread);
    serve_busy(thread);
    tell_finished(thread);
  }
  return NULL;
}

/* No signal is handled on these threads. */
int start_relay_thread(struct relay_thread *thread, void (*on_done)(void))
{
  pthread_t id;
  sigset_t all, before;
  pthread_mutex_init(&thread->lock, NULL);
  thread->on_done = on_done;
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

void wake_relay_thread(const struct relay_thread *thread)
{
  (void)eventfd_write(thread->wake, 1);
}
