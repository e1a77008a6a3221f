/*
 * Signals while the program of this process is exchanged. None may end the daemon between exec and the moment when the next
 * program listens to signals. So they are blocked before exec, which exec keeps; but Node empties the mask when it starts.
 * Therefore this very library is preloaded into the next program, and its pthread_sigmask keeps them blocked until
 * `watchSignals` calls end_guard. Where it cannot be preloaded, signals act in that moment as they do on every program that
 * is being loaded.
 */
#include "guard.h"

#include "signals.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGNAL_BIT(number) (UINT64_C(1) << ((number)-1))
/* What a program does to itself, and what cannot be blocked. */
#define NEVER_BLOCKED                                                                                                  \
  (SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) |          \
   SIGNAL_BIT(SIGSYS) | SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))
/* Those that the C library keeps for itself: from 32 up to SIGRTMIN. */
#define OF_THE_LIBRARY (SIGNAL_BIT(SIGRTMIN) - SIGNAL_BIT(32))
#define GUARDED (~(signal_mask)(NEVER_BLOCKED | OF_THE_LIBRARY))

/* Set by the program that hands over, for the next one: the file that it preloads. */
#define PRELOADED "XINETD_TS_PRELOADED"

static atomic_bool is_guard_over;

static int set_mask(int how, const signal_mask *set, signal_mask *before)
{
  return syscall(SYS_rt_sigprocmask, how, set, before, sizeof(signal_mask)) == 0 ? 0 : errno;
}

static bool is_guarding(void)
{
  return !atomic_load(&is_guard_over) && getenv(PRELOADED) != NULL;
}

/* Reached only in a program that this library is preloaded into; elsewhere the C library's own comes first. */
__attribute__((visibility("default"))) int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
  signal_mask wanted = 0, was = 0;
  if (set != NULL)
    memcpy(&wanted, set, sizeof wanted);
  if (is_guarding() && how == SIG_UNBLOCK)
    wanted &= ~GUARDED;
  if (is_guarding() && how == SIG_SETMASK)
    wanted |= GUARDED;
  if (how != SIG_UNBLOCK)
    wanted &= ~OF_THE_LIBRARY;
  int error = set_mask(how, set == NULL ? NULL : &wanted, before == NULL ? NULL : &was);
  if (error == 0 && before != NULL) {
    sigemptyset(before);
    memcpy(before, &was, sizeof was);
  }
  return error;
}

void end_guard(void)
{
  if (!is_guarding())
    return;
  atomic_store(&is_guard_over, true);
  signal_mask all = GUARDED;
  (void)set_mask(SIG_UNBLOCK, &all, NULL);
}

void begin_guard(signal_mask *before)
{
  signal_mask all = GUARDED;
  (void)set_mask(SIG_SETMASK, &all, before);
}

void cancel_guard(const signal_mask *before)
{
  (void)set_mask(SIG_SETMASK, before, NULL);
}

static bool is_variable(const char *pair, const char *name)
{
  size_t length = strlen(name);
  return strncmp(pair, name, length) == 0 && pair[length] == '=';
}

/* The two variables that make the next program preload this library, after what it would preload anyway; false where the
 * library's own path cannot stand in the list. */
static bool make_variables(char *const *envp, char **preload, char **name)
{
  Dl_info info;
  const char *others = "";
  if (dladdr((void *)(uintptr_t)&end_guard, &info) == 0 || info.dli_fname == NULL || info.dli_fname[0] != '/' ||
      strpbrk(info.dli_fname, ": ") != NULL)
    return false;
  for (; *envp != NULL; envp++)
    if (is_variable(*envp, "LD_PRELOAD"))
      others = *envp + sizeof "LD_PRELOAD";
  if (asprintf(preload, "LD_PRELOAD=%s%s%s", others, *others == '\0' ? "" : ":", info.dli_fname) < 0)
    *preload = NULL;
  if (asprintf(name, PRELOADED "=%s", info.dli_fname) < 0)
    *name = NULL;
  return *preload != NULL && *name != NULL;
}

void add_guard(char ***envp, uint32_t count)
{
  char *preload = NULL, *name = NULL;
  char **grown = make_variables(*envp, &preload, &name) ? realloc(*envp, (count + 3) * sizeof *grown) : NULL;
  if (grown == NULL) {
    free(preload);
    free(name);
    return;
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++)
    if (is_variable(grown[i], "LD_PRELOAD"))
      free(grown[i]);
    else
      grown[kept++] = grown[i];
  grown[kept++] = preload;
  grown[kept++] = name;
  grown[kept] = NULL;
  *envp = grown;
}
