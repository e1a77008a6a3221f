/*
 * A program that fails beyond repair (abort, a fault of its own) is followed by a fresh one in the same process, with the
 * same listening sockets: nothing of the broken memory lives on, and nobody is refused meanwhile. Everything for that is
 * made before; the handler allocates nothing. A copy of the process dies of the signal, for whoever keeps cores.
 * Signals that somebody sends are none of this: they mean what they mean to every program.
 */
#include "addon.h"
#include "signals.h"
#include "successor.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int crash_signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
enum { CRASH_SIGNALS = sizeof crash_signals / sizeof crash_signals[0], LONGEST_RECORD = 32, EXIT_BY_SIGNAL = 128 };

struct plan {
  struct successor successor; /* the first of what it keeps is its record */
  char *directory;
};

static _Atomic(struct plan *) plan;
static pid_t planner;
static struct sigaction actions_before[CRASH_SIGNALS];
/* For a fault that is an overflow of the main thread's stack. */
static char stack[65536] __attribute__((aligned(16)));

static void release_plan(struct plan *old)
{
  if (old == NULL)
    return;
  release_successor(&old->successor);
  free(old->directory);
  free(old);
}

static char *write_number(char *end, unsigned number)
{
  do
    *--end = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  return end;
}

/* Appends "SIGNAL PID\n" to the record: what happened, and the pid of the copy (0: none). */
static void note_crash(int record, int number, pid_t copy)
{
  char text[LONGEST_RECORD], *end = text + sizeof text, *at = end;
  *--at = '\n';
  at = write_number(at, (unsigned)copy);
  *--at = ' ';
  at = write_number(at, (unsigned)number);
  (void)!write(record, at, (size_t)(end - at));
}

static void die_of(int number)
{
  sigset_t only;
  signal(number, SIG_DFL);
  sigemptyset(&only);
  sigaddset(&only, number);
  (void)sigprocmask(SIG_UNBLOCK, &only, NULL);
  (void)syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
  _exit(EXIT_BY_SIGNAL + number); /* process 1 of a container outlives the signal */
}

/* fork(2) without what the C library does for it, which may need locks that are held. */
static pid_t leave_copy(int number)
{
  pid_t copy = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (copy == 0)
    die_of(number);
  return copy < 0 ? 0 : copy;
}

/* Returns an errno when it failed. */
static int carry_out(const struct plan *ready)
{
  (void)close_all_on_exec();
  (void)!chdir(ready->directory);
  return become(&ready->successor);
}

/* Faults come from the kernel, abort() from ourselves. */
static bool is_own_failure(const siginfo_t *info)
{
  return info->si_code > 0 || (info->si_code == SI_TKILL && info->si_pid == getpid());
}

static void pass_on(int number)
{
  for (int i = 0; i < CRASH_SIGNALS; i++) {
    const struct sigaction *before = &actions_before[i];
    if (crash_signals[i] != number || before->sa_handler == SIG_IGN)
      continue;
    if ((before->sa_flags & SA_SIGINFO) != 0 || before->sa_handler == SIG_DFL)
      die_of(number);
    before->sa_handler(number);
  }
}

static void on_crash(int number, siginfo_t *info, void *context)
{
  (void)context;
  int saved = errno;
  if (!is_own_failure(info)) {
    pass_on(number);
    errno = saved;
    return;
  }
  /* A child that still shares our memory has no business with it. */
  struct plan *ready = getpid() == planner ? atomic_exchange(&plan, NULL) : NULL;
  if (ready != NULL) {
    note_crash(ready->successor.kept[0], number, leave_copy(number));
    (void)carry_out(ready);
  }
  die_of(number);
}

/* Once, and for as long as the process lives. */
static int catch_crashes(void)
{
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
  if (planner != 0)
    return 0;
  sigfillset(&action.sa_mask);
  if (sigaltstack(&alternative, NULL) != 0)
    return errno;
  for (int i = 0; i < CRASH_SIGNALS; i++)
    if (sigaction(crash_signals[i], &action, &actions_before[i]) != 0)
      return errno;
  planner = getpid();
  return 0;
}

static bool read_plan(napi_env env, const napi_value *values, struct plan *next)
{
  if (!read_successor(env, values, &next->successor) || !read_string(env, values[4], "directory", &next->directory))
    return false;
  return next->successor.kept_count > 0 || refuse(env, "keepFds", "a record and what else is kept");
}

/* planRestart(path, argv, env, keepFds, directory): replaces an earlier plan */
VERB(plan_restart)
{
  napi_value values[5];
  if (!take_arguments(env, info, 5, values))
    return NULL;
  struct plan *next = calloc(1, sizeof *next);
  if (next == NULL)
    return fail(env, "malloc", ENOMEM, "");
  if (!read_plan(env, values, next)) {
    release_plan(next);
    return NULL;
  }
  int error = catch_crashes();
  if (error != 0) {
    release_plan(next);
    return fail(env, "sigaction", error, "");
  }
  release_plan(atomic_exchange(&plan, next));
  return NULL;
}

/* cancelRestart(): may be repeated */
VERB(cancel_restart)
{
  (void)env;
  (void)info;
  release_plan(atomic_exchange(&plan, NULL));
  return NULL;
}

/* restartNow(): as after a crash, without a signal; returns where there is no plan, throws where it cannot be carried out */
VERB(restart_now)
{
  (void)info;
  struct plan *ready = atomic_exchange(&plan, NULL);
  if (ready == NULL)
    return NULL;
  int error = carry_out(ready);
  fail(env, "execve", error, ready->successor.path);
  release_plan(ready);
  return NULL;
}
