/*
 * A relay: the connection of a client and one to a target, joined byte for byte. relay.c is the event loop's side,
 * relay-thread.c the thread that a relay is given to and lives on, relay-pump.c moves the bytes there.
 */
#ifndef XINETD_TS_RELAY_H
#define XINETD_TS_RELAY_H

#include <node_api.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { RELAY_PIPES_KEPT = 32, RELAY_PREFACE_MAX = 256 };

/* Pipes are borrowed while bytes are on their way: a relay at rest has none. */
struct pipe_shelf {
  int pipes[RELAY_PIPES_KEPT][2];
  int count;
};

/* One way through the relay. */
struct direction {
  int from, to;
  int pipe[2]; /* -1: none borrowed */
  uint64_t in_pipe, bytes;
  bool is_at_end; /* nothing more comes from `from` */
  bool is_passed_on; /* `to` has been told so */
  bool is_broken; /* `from` was reset: it takes nothing more either */
  int error; /* errno where there was no pipe to borrow */
};

struct relay {
  int64_t slot;
  struct relay_thread *thread;
  napi_ref on_end;
  int client, target; /* -1: closed, or not open yet */
  bool is_connected, is_keep_alive, is_listed;
  bool is_put_off; /* a unix socket whose queue is full: to be tried again */
  bool is_stopped; /* by the event loop, under the thread's lock */
  struct direction up, down; /* client to target, and back */
  struct sockaddr_storage address;
  socklen_t address_length;
  uint64_t deadline_ms; /* of the connect */
  int error; /* errno of the connect or of a pipe, 0 when all went well */
  uint8_t preface[RELAY_PREFACE_MAX]; /* sent to the target before anything else */
  size_t preface_length;
  struct relay *next, *previous; /* in one of the lists of its thread */
};

struct relay_list {
  struct relay *first, *last;
};

/* A thread and its relays. `lock` guards what the event loop touches too: inbox, done, and closing a relay's descriptors. */
struct relay_thread {
  pthread_mutex_t lock;
  int epoll, wake;
  void (*on_done)(void);
  struct relay_list inbox, done;
  struct relay_list busy; /* has more to move */
  struct relay_list connecting; /* by deadline */
  int put_off_count; /* of them */
  struct relay_list finished; /* in this round; the event loop frees them once no event at hand can name them */
  struct pipe_shelf shelf;
};

enum pump_result { PUMP_WAITS, PUMP_HAS_MORE, PUMP_ENDED };

/* Nothing is borrowed yet; again once both sides are open. */
void prepare_directions(struct relay *relay);
/* Moves what can be moved now, a bounded amount. */
enum pump_result pump(struct relay *relay, struct pipe_shelf *shelf);
/* Gives borrowed pipes back. */
void release_pipes(struct relay *relay, struct pipe_shelf *shelf);

void append_relay(struct relay_list *list, struct relay *relay);
/* NULL from an empty list. */
struct relay *take_first_relay(struct relay_list *list);
/* Returns 0 or an errno. `on_done` is called on the thread when its list of ended relays has grown. */
int start_relay_thread(struct relay_thread *thread, void (*on_done)(void));
/* The clock of `deadline_ms`. */
uint64_t relay_now_ms(void);
/* Makes the thread look at its inbox, and at what has been stopped. */
void wake_relay_thread(const struct relay_thread *thread);

#endif
