/*
 * A relay: the connection of a client and one to a target, joined byte for byte. relay.c owns threads and life, relay-pump.c
 * moves the bytes. Everything but the hand-over happens on the thread that the relay was given to.
 */
#ifndef XINETD_TS_RELAY_H
#define XINETD_TS_RELAY_H

#include <node_api.h>
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
};

struct relay_thread;
struct relay {
  int64_t slot;
  struct relay_thread *thread;
  napi_ref on_end;
  int client, target; /* -1: closed, or not open yet */
  bool is_connected, is_keep_alive, is_listed;
  bool is_stopped; /* by the event loop, under the thread's lock */
  struct direction up, down; /* client to target, and back */
  struct sockaddr_storage address;
  socklen_t address_length;
  uint64_t deadline_ms; /* of the connect */
  int error; /* errno of the connect, 0 when it was made */
  uint8_t preface[RELAY_PREFACE_MAX]; /* sent to the target before anything else */
  size_t preface_length;
  struct relay *next, *previous; /* in one of the lists of its thread */
};

enum pump_result { PUMP_WAITS, PUMP_HAS_MORE, PUMP_ENDED };

void prepare_directions(struct relay *relay);
/* Moves what can be moved now, a bounded amount. */
enum pump_result pump(struct relay *relay, struct pipe_shelf *shelf);
/* Gives borrowed pipes back. */
void release_pipes(struct relay *relay, struct pipe_shelf *shelf);

#endif
