/*
 * Moving bytes between two sockets through a pipe, without copying them: splice(2). An end on one side is passed on as a
 * half-close; a side that takes nothing more ends its own direction alone.
 */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIPE_BYTES = 256 * 1024, ROUNDS = 16 };

void prepare_directions(struct relay *relay)
{
  relay->up = (struct direction){.from = relay->client, .to = relay->target, .pipe = {-1, -1}};
  relay->down = (struct direction){.from = relay->target, .to = relay->client, .pipe = {-1, -1}};
}

static bool borrow_pipe(struct direction *way, struct pipe_shelf *shelf)
{
  if (way->pipe[0] >= 0)
    return true;
  if (shelf->count > 0) {
    shelf->count--;
    way->pipe[0] = shelf->pipes[shelf->count][0];
    way->pipe[1] = shelf->pipes[shelf->count][1];
    return true;
  }
  if (pipe2(way->pipe, O_CLOEXEC | O_NONBLOCK) != 0)
    return false;
  (void)fcntl(way->pipe[1], F_SETPIPE_SZ, PIPE_BYTES); /* where the system allows it */
  return true;
}

static void return_pipe(struct direction *way, struct pipe_shelf *shelf)
{
  if (way->pipe[0] < 0)
    return;
  if (way->in_pipe == 0 && shelf->count < RELAY_PIPES_KEPT) {
    shelf->pipes[shelf->count][0] = way->pipe[0];
    shelf->pipes[shelf->count][1] = way->pipe[1];
    shelf->count++;
  } else {
    close(way->pipe[0]);
    close(way->pipe[1]);
  }
  way->pipe[0] = way->pipe[1] = -1;
  way->in_pipe = 0;
}

void release_pipes(struct relay *relay, struct pipe_shelf *shelf)
{
  return_pipe(&relay->up, shelf);
  return_pipe(&relay->down, shelf);
}

/* One direction is over, for whatever reason; what is still in its pipe has nowhere to go. */
static void give_up(struct direction *way)
{
  way->is_at_end = way->is_passed_on = true;
  way->in_pipe = way->in_pipe > 0 ? UINT64_MAX : 0; /* a pipe with bytes in it is not reused */
  shutdown(way->from, SHUT_RD);
  shutdown(way->to, SHUT_WR);
}

/* True when something moved. */
static bool fill(struct direction *way)
{
  if (way->is_at_end || way->in_pipe >= PIPE_BYTES)
    return false;
  ssize_t count = splice(way->from, NULL, way->pipe[1], NULL, PIPE_BYTES, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (count > 0) {
    way->in_pipe += (uint64_t)count;
    way->bytes += (uint64_t)count;
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    way->is_at_end = true;
    way->is_broken = count < 0;
  }
  return count > 0;
}

static bool drain(struct direction *way)
{
  if (way->in_pipe == 0)
    return false;
  ssize_t count = splice(way->pipe[0], NULL, way->to, NULL, (size_t)way->in_pipe, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (count > 0)
    way->in_pipe -= (uint64_t)count;
  else if (count < 0 && errno != EAGAIN && errno != EINTR)
    give_up(way);
  return count > 0;
}

static enum pump_result pump_way(struct direction *way, struct pipe_shelf *shelf)
{
  if (way->is_passed_on)
    return PUMP_ENDED;
  if (!borrow_pipe(way, shelf)) {
    way->error = errno;
    give_up(way);
    return PUMP_ENDED;
  }
  int round = 0;
  bool has_moved = true;
  while (has_moved && !way->is_passed_on && round++ < ROUNDS) {
    has_moved = fill(way);
    has_moved = drain(way) || has_moved;
  }
  if (way->is_at_end && way->in_pipe == 0 && !way->is_passed_on) {
    way->is_passed_on = true;
    shutdown(way->to, SHUT_WR);
  }
  if (way->in_pipe == 0 || way->is_passed_on)
    return_pipe(way, shelf);
  if (way->is_passed_on)
    return PUMP_ENDED;
  return has_moved ? PUMP_HAS_MORE : PUMP_WAITS;
}

static enum pump_result end_way(struct direction *way, struct pipe_shelf *shelf)
{
  if (!way->is_passed_on)
    give_up(way);
  return_pipe(way, shelf);
  return PUMP_ENDED;
}

enum pump_result pump(struct relay *relay, struct pipe_shelf *shelf)
{
  enum pump_result up = pump_way(&relay->up, shelf), down = pump_way(&relay->down, shelf);
  if (relay->error == 0)
    relay->error = relay->up.error != 0 ? relay->up.error : relay->down.error;
  if (relay->up.is_broken)
    down = end_way(&relay->down, shelf);
  if (relay->down.is_broken)
    up = end_way(&relay->up, shelf);
  if (up == PUMP_ENDED && down == PUMP_ENDED)
    return PUMP_ENDED;
  return up == PUMP_HAS_MORE || down == PUMP_HAS_MORE ? PUMP_HAS_MORE : PUMP_WAITS;
}
