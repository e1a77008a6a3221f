/*
 * Another program takes this process over: same pid, same children, the descriptors it is to have, all others closed. Also
 * what is handed over with it: a file in memory, and descriptors for a service manager to keep.
 *
 * No signal may end the daemon between exec and the moment when the next program listens to signals. So they are blocked
 * before exec, which exec keeps; but Node empties the mask when it starts. Therefore this very library is preloaded into
 * the next program, and its pthread_sigmask keeps them blocked until `watchSignals` calls end_guard. Where it cannot be
 * preloaded, signals act in that moment as they do on every program that is being loaded.
 */
#include "addon.h"
#include "signals.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

enum { LOWEST_FD = 3, MOST_KEPT = 65536 };

/* The kernel's signal set. */
typedef uint64_t mask;
#define SIGNAL_BIT(number) (UINT64_C(1) << ((number)-1))
/* What a program does to itself, and what cannot be blocked. */
#define NEVER_BLOCKED                                                                                                  \
  (SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) |          \
   SIGNAL_BIT(SIGSYS) | SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))
/* The two that the C library keeps for itself. */
#define OF_THE_LIBRARY (SIGNAL_BIT(32) | SIGNAL_BIT(33))
#define GUARDED (~(mask)(NEVER_BLOCKED | OF_THE_LIBRARY))

/* Set by the program that hands over, for the next one: the file that it preloads. */
#define PRELOADED "XINETD_TS_PRELOADED"

static atomic_bool is_guard_over;

static int set_mask(int how, const mask *set, mask *before)
{
  return syscall(SYS_rt_sigprocmask, how, set, before, sizeof(mask)) == 0 ? 0 : errno;
}

static bool is_guarding(void)
{
  return !atomic_load(&is_guard_over) && getenv(PRELOADED) != NULL;
}

/* Reached only in a program that this library is preloaded into; elsewhere the C library's own comes first. */
__attribute__((visibility("default"))) int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
  mask wanted = 0, was = 0;
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
  mask all = GUARDED;
  (void)set_mask(SIG_UNBLOCK, &all, NULL);
}

struct kept {
  int *fds;
  uint32_t count;
};

static bool read_kept(napi_env env, napi_value array, struct kept *kept)
{
  if (!read_length(env, array, "keepFds", MOST_KEPT, &kept->count))
    return false;
  kept->fds = calloc(kept->count + 1, sizeof *kept->fds);
  if (kept->fds == NULL)
    return refuse(env, "keepFds", "short enough for memory");
  for (uint32_t i = 0; i < kept->count; i++) {
    napi_value element;
    if (napi_get_element(env, array, i, &element) != napi_ok || !read_fd(env, element, &kept->fds[i]))
      return false;
  }
  return true;
}

static void close_listed_on_exec(void)
{
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL)
    return;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int fd = atoi(entry->d_name);
    if (fd >= LOWEST_FD)
      (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  closedir(directory);
}

/* Node opens everything close-on-exec; what came with the daemon's own start need not be. */
static void close_all_on_exec(void)
{
  if (syscall(SYS_close_range, LOWEST_FD, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    close_listed_on_exec();
}

/* Node marks 0 to 2 as well when it starts. */
static void set_kept(const struct kept *kept, int flags)
{
  for (int fd = 0; fd < LOWEST_FD; fd++)
    (void)fcntl(fd, F_SETFD, flags);
  for (uint32_t i = 0; i < kept->count; i++)
    (void)fcntl(kept->fds[i], F_SETFD, flags);
}

/* The two variables that make the next program preload this library, after what it would preload anyway. */
struct guard {
  char *preload, *name;
};

static bool is_variable(const char *pair, const char *name)
{
  size_t length = strlen(name);
  return strncmp(pair, name, length) == 0 && pair[length] == '=';
}

/* False where the library's own path cannot stand in the list. */
static bool prepare_guard(char *const *envp, struct guard *guard)
{
  Dl_info info;
  const char *others = "";
  if (dladdr((void *)(uintptr_t)&end_guard, &info) == 0 || info.dli_fname == NULL || info.dli_fname[0] != '/' ||
      strpbrk(info.dli_fname, ": ") != NULL)
    return false;
  for (; *envp != NULL; envp++)
    if (is_variable(*envp, "LD_PRELOAD"))
      others = *envp + sizeof "LD_PRELOAD";
  if (asprintf(&guard->preload, "LD_PRELOAD=%s%s%s", others, *others == '\0' ? "" : ":", info.dli_fname) < 0)
    guard->preload = NULL;
  if (asprintf(&guard->name, PRELOADED "=%s", info.dli_fname) < 0)
    guard->name = NULL;
  return guard->preload != NULL && guard->name != NULL;
}

/* A copy of the vector with the guard's variables; the strings stay whose they are. NULL where memory is short. */
static char **with_guard(char **envp, uint32_t count, const struct guard *guard)
{
  char **result = calloc((size_t)count + 3, sizeof *result), **next = result;
  if (result == NULL)
    return NULL;
  for (uint32_t i = 0; i < count; i++)
    if (!is_variable(envp[i], "LD_PRELOAD"))
      *next++ = envp[i];
  *next++ = guard->preload;
  *next = guard->name;
  return result;
}

/* Returns only when it failed: everything is as before then. */
static int replace_program(const char *path, char **argv, char **envp, const struct kept *kept)
{
  mask all = GUARDED, before;
  close_all_on_exec();
  set_kept(kept, 0);
  set_mask(SIG_SETMASK, &all, &before);
  execve(path, argv, envp);
  int error = errno;
  set_mask(SIG_SETMASK, &before, NULL);
  set_kept(kept, FD_CLOEXEC);
  return error;
}

static int replace_guarded(const char *path, char **argv, char **envp, uint32_t count, const struct kept *kept)
{
  struct guard guard = {NULL, NULL};
  char **guarded = prepare_guard(envp, &guard) ? with_guard(envp, count, &guard) : NULL;
  int error = replace_program(path, argv, guarded == NULL ? envp : guarded, kept);
  free(guarded);
  free(guard.preload);
  free(guard.name);
  return error;
}

/* execInPlace(path, argv, env, keepFds): does not return but by an error */
VERB(exec_in_place)
{
  napi_value values[4];
  char *path = NULL, **argv = NULL, **envp = NULL;
  uint32_t argument_count, variable_count;
  struct kept kept = {NULL, 0};
  if (take_arguments(env, info, 4, values) && read_string(env, values[0], "path", &path) &&
      read_strings(env, values[1], "argv", &argv, &argument_count) &&
      read_strings(env, values[2], "env", &envp, &variable_count) && read_kept(env, values[3], &kept))
    fail(env, "execve", replace_guarded(path, argv, envp, variable_count, &kept), path);
  free(kept.fds);
  free_strings(envp);
  free_strings(argv);
  free(path);
  return NULL;
}

/* memoryFile(name) -> fd */
VERB(memory_file)
{
  napi_value values[1];
  char *name;
  if (!take_arguments(env, info, 1, values) || !read_string(env, values[0], "name", &name))
    return NULL;
  int fd = memfd_create(name, MFD_CLOEXEC);
  napi_value result = fd < 0 ? fail(env, "memfd_create", errno, name) : make_integer(env, fd);
  free(name);
  return result;
}

/* sendDescriptor(fd, bytes, passed) -> false when it would block */
VERB(send_descriptor)
{
  napi_value values[3], result;
  int fd, passed;
  uint8_t *data;
  size_t length;
  if (!take_arguments(env, info, 3, values) || !read_fd(env, values[0], &fd) ||
      !read_bytes(env, values[1], "bytes", &data, &length) || !read_fd(env, values[2], &passed))
    return NULL;
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.room = {0}};
  struct iovec text = {.iov_base = data, .iov_len = length};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &passed, sizeof passed);
  ssize_t sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    return fail(env, "sendmsg", errno, "");
  napi_get_boolean(env, sent >= 0, &result);
  return result;
}
