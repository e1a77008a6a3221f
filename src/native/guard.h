/* Signals while the program of this process is exchanged: guard.c. */
#ifndef XINETD_TS_GUARD_H
#define XINETD_TS_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* The kernel's signal set. */
typedef uint64_t signal_mask;

/* Blocks what could end the process; safe in a signal handler. */
void begin_guard(signal_mask *before);
/* The program stays. */
void cancel_guard(const signal_mask *before);
/* Makes the next program keep the guard: changes its environment, whose strings are the vector's own. Where it cannot, the
 * environment stays as it is. */
void add_guard(char ***envp, uint32_t count);

#endif
