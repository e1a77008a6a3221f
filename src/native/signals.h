/*
 * Signals of the process, told on the event loop. Not libuv's: its handler aborts the process, in a lock that the handler of
 * SIGABRT needs too, when its pipe fails once. Here a signal is a bit, and a lost wake-up is made up for by the next one.
 */
#ifndef XINETD_TS_SIGNALS_H
#define XINETD_TS_SIGNALS_H

/* Calls `heard` from the loop some time after the signal, once for all that came until then. Returns an errno or 0. */
int hear_signal(int number, void (*heard)(int number));
/* Gives the signal back to whoever had it; for one that is not heard this does nothing. */
void unhear_signal(int number);
/* As if the signal had come. */
void pretend_signal(int number);

/* guard.c: our handlers stand, signals that have waited since the program was exchanged may come. */
void end_guard(void);

#endif
