/*
 * Starting servers without waiting: an asynchronous clone on a private stack. The child shares our memory until exec, the
 * kernel then zeroes the slot's `busy` word, and nobody ever slept. A slot keeps what the child may still read (profile,
 * environment, group read-back). When set-up fails the child leaves step and errno in its slot, which stays taken until that
 * exit has been reaped and reported. With every slot busy, or without raw system calls, the same child runs under
 * CLONE_VFORK: correct, only slower.
 */
#include "addon.h"
#include "launch.h"
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef LAUNCH_SLOTS
#define LAUNCH_SLOTS (HAS_RAW_CALLS ? 512 : 0)
#endif
#define STACK_SIZE 16384
/* The slot after the others serves the clone that waits. */
#define WAITING_SLOT LAUNCH_SLOTS
#define MAX_EXTRA_ENV 64

struct slot {
  int busy; /* the kernel writes 0 when the child has left our memory */
  pid_t pid; /* 0: nobody to wait for */
  struct profile *profile;
  struct job job;
  char *arena; /* environment vector, this connection's strings, group read-back; kept from launch to launch */
  size_t arena_size;
};

/* A set-up that failed in the waiting slot, until its exit is reaped. */
struct failed {
  pid_t pid;
  int step, error;
  struct failed *next;
};

static struct slot slots[LAUNCH_SLOTS + 1];
static char *stacks;
static struct failed *failures;

static const char *const step_names[STEP_COUNT] = {
  NULL,        "sigaction", "setsid", "dup2",   "close_range", "setrlimit",   "nice",
  "chdir", "setgroups", "setgid", "setuid", "verify ids",  "sigprocmask", "execve",
};

const char *step_name(int step)
{
  return step > STEP_NONE && step < STEP_COUNT ? step_names[step] : NULL;
}

static bool is_busy(const struct slot *slot)
{
  return __atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE) != 0;
}

static void empty_slot(struct slot *slot)
{
  if (slot->profile != NULL)
    release_profile(slot->profile);
  slot->profile = NULL;
  slot->pid = 0;
  slot->job.step = STEP_NONE;
  __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
}

/* The lowest free slot, so that few stacks are ever touched. A failure not yet reported keeps its slot. */
static struct slot *find_slot(void)
{
  for (struct slot *slot = slots; slot < slots + LAUNCH_SLOTS; slot++)
    if (!is_busy(slot) && slot->job.step == STEP_NONE) {
      empty_slot(slot);
      return slot;
    }
  return &slots[WAITING_SLOT];
}

static bool prepare_stacks(void)
{
  if (stacks != NULL)
    return true;
  void *memory = mmap(NULL, (size_t)STACK_SIZE * (LAUNCH_SLOTS + 2), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  mprotect(memory, STACK_SIZE, PROT_NONE); /* below the first stack; the others end in their neighbour's unused foot */
  stacks = (char *)memory + STACK_SIZE;
  return true;
}

/* All 64 signals, the two that glibc keeps for itself included: a signal to the child must wait until it has no handlers. */
static void block_signals(uint64_t *before)
{
  uint64_t all = ~(uint64_t)0;
  raw4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)before, sizeof all);
}

static void restore_signals(const uint64_t *before)
{
  raw4(SYS_rt_sigprocmask, SIG_SETMASK, (long)before, 0, sizeof *before);
}

/* Returns the pid or -errno. */
static pid_t start_in(struct slot *slot)
{
  uint64_t before;
  bool is_waiting = slot == &slots[WAITING_SLOT];
  int flags = CLONE_VM | SIGCHLD | (is_waiting ? CLONE_VFORK : CLONE_CHILD_CLEARTID);
  if (!prepare_stacks())
    return -ENOMEM;
  char *top = stacks + (size_t)STACK_SIZE * (size_t)(slot - slots + 1);
  slot->job.step = STEP_NONE;
  slot->job.error = 0;
  __atomic_store_n(&slot->busy, !is_waiting, __ATOMIC_RELEASE);
  block_signals(&before);
  pid_t pid = clone(child_main, top, flags, &slot->job, NULL, NULL, &slot->busy);
  int error = errno;
  restore_signals(&before);
  return pid < 0 ? -error : pid;
}

static void remember_failure(pid_t pid, const struct job *job)
{
  struct failed *failed = malloc(sizeof *failed);
  if (failed == NULL)
    return;
  *failed = (struct failed){.pid = pid, .step = job->step, .error = job->error, .next = failures};
  failures = failed;
}

pid_t start_waiting(struct job *job)
{
  struct slot *slot = &slots[WAITING_SLOT];
  slot->job = *job;
  pid_t pid = start_in(slot);
  *job = slot->job;
  return pid;
}

static struct launch_failure take_remembered(pid_t pid)
{
  struct launch_failure result = {NULL, 0};
  for (struct failed **link = &failures; *link != NULL; link = &(*link)->next) {
    struct failed *failed = *link;
    if (failed->pid != pid)
      continue;
    result = (struct launch_failure){step_name(failed->step), failed->error};
    *link = failed->next;
    free(failed);
    break;
  }
  return result;
}

struct launch_failure take_failure(pid_t pid)
{
  for (struct slot *slot = slots; slot < slots + LAUNCH_SLOTS; slot++)
    if (slot->pid == pid) {
      struct launch_failure result = {step_name(slot->job.step), slot->job.error};
      empty_slot(slot);
      return result;
    }
  return take_remembered(pid);
}

static bool grow_arena(struct slot *slot, size_t size)
{
  if (slot->arena_size >= size)
    return true;
  char *arena = realloc(slot->arena, size);
  if (arena == NULL)
    return false;
  slot->arena = arena;
  slot->arena_size = size;
  return true;
}

/* Total bytes of the strings with their NULs; false (having thrown) when one is none. */
static bool measure_strings(napi_env env, napi_value array, uint32_t count, size_t *total)
{
  napi_value element;
  size_t length;
  *total = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (napi_get_element(env, array, i, &element) != napi_ok ||
        napi_get_value_string_latin1(env, element, NULL, 0, &length) != napi_ok)
      return refuse(env, "extraEnv", "an array of strings");
    *total += length + 1;
  }
  return true;
}

/* Lays out [environment vector][group read-back][strings] in the slot's arena. */
static bool fill_arena(napi_env env, struct slot *slot, const struct profile *profile, napi_value extra)
{
  uint32_t count;
  size_t text_size, length;
  napi_value element;
  if (!read_length(env, extra, "extraEnv", MAX_EXTRA_ENV, &count) || !measure_strings(env, extra, count, &text_size))
    return false;
  size_t vector_size = ((size_t)profile->env_count + count + 1) * sizeof(char *);
  size_t readback_size = (size_t)profile->group_count * sizeof(gid_t);
  if (!grow_arena(slot, vector_size + readback_size + text_size))
    return refuse(env, "extraEnv", "short enough for memory");
  slot->job.envp = (char **)slot->arena;
  slot->job.readback = (gid_t *)(slot->arena + vector_size);
  char *text = slot->arena + vector_size + readback_size;
  memcpy(slot->job.envp, profile->env, profile->env_count * sizeof(char *));
  for (uint32_t i = 0; i < count; i++) {
    napi_get_element(env, extra, i, &element);
    napi_get_value_string_latin1(env, element, text, text_size, &length);
    if (strlen(text) != length)
      return refuse(env, "extraEnv", "free of NUL");
    slot->job.envp[profile->env_count + i] = text;
    text += length + 1;
    text_size -= length + 1;
  }
  slot->job.envp[profile->env_count + count] = NULL;
  return true;
}

static napi_value launched(napi_env env, struct slot *slot, struct profile *profile, pid_t pid)
{
  if (pid < 0)
    return fail(env, "clone", -pid, profile->path);
  if (slot != &slots[WAITING_SLOT]) {
    slot->pid = pid;
    slot->profile = profile;
    hold_profile(profile);
  } else if (slot->job.step != STEP_NONE) {
    remember_failure(pid, &slot->job);
  }
  return make_integer(env, pid);
}

static bool read_profile_handle(napi_env env, napi_value value, struct profile **out)
{
  napi_valuetype type;
  void *data = NULL;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external ||
      napi_get_value_external(env, value, &data) != napi_ok || profile_of(data) == NULL)
    return refuse(env, "the profile", "one of this core");
  *out = data;
  return true;
}

/* launch(profile, fd, extraEnv) -> pid. A descriptor among 0, 1, 2 is moved up first: dup3 onto itself would fail. */
VERB(launch)
{
  napi_value values[3];
  struct profile *profile;
  int fd;
  if (!take_arguments(env, info, 3, values) || !read_profile_handle(env, values[0], &profile) ||
      !read_fd(env, values[1], &fd))
    return NULL;
  struct slot *slot = find_slot();
  if (!fill_arena(env, slot, profile, values[2]))
    return NULL;
  int source = fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (source < 0)
    return fail(env, "fcntl", errno, profile->path);
  slot->job.profile = profile;
  for (int i = 0; i < 3; i++)
    slot->job.stdio[i] = source;
  slot->job.extra = -1;
  pid_t pid = start_in(slot);
  if (pid < 0)
    __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
  if (source != fd)
    close(source);
  return launched(env, slot, profile, pid);
}
