/*
 * A watched descriptor, shared by readiness.c (polling, telling) and accept.c (taking connections).
 */
#ifndef XINETD_TS_WATCH_H
#define XINETD_TS_WATCH_H

#include "addon.h"

enum watch_kind { WATCH_ACCEPT, WATCH_READABLE, WATCH_READY };

struct watch {
  uv_poll_t poll; /* first: libuv's pointer is ours */
  uint32_t magic;
  enum watch_kind kind;
  int fd;
  int events; /* what is wanted now; 0 = paused */
  bool is_closing;
  bool is_converting_mapped;
  int owners; /* libuv and JavaScript */
  napi_ref on_ready;
  napi_ref on_error;
};

/* Accepts a bounded number of connections and tells each. */
void accept_some(struct watch *watch);

#endif
