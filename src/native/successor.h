/* Another program that takes this process over: same pid, same children, the descriptors it is to have, all others closed. */
#ifndef XINETD_TS_SUCCESSOR_H
#define XINETD_TS_SUCCESSOR_H

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

struct successor {
  char *path, **argv, **envp;
  int *kept; /* descriptors, beside 0 to 2 */
  uint32_t kept_count;
};

/* From the values path, argv, env, keepFds; having thrown, it returns false. */
bool read_successor(napi_env env, const napi_value *values, struct successor *successor);
void release_successor(struct successor *successor);
/* Everything but 0 to 2 is closed by the next exec. False where the kernel cannot; safe in a signal handler. */
bool close_all_on_exec(void);
/* Safe in a signal handler. Returns an errno only where it failed, and then everything is as before. */
int become(const struct successor *successor);

#endif
