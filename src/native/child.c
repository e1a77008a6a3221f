/*
 * Everything that runs between clone and exec. The child shares the daemon's memory while the daemon runs on, so: raw system
 * calls only (no errno), no stack protector, no library function, nothing written but its own stack and its own job.
 * The order matters: handlers go before anything else may deliver a signal, limits and niceness are set while still root,
 * ids come last and are read back, the mask is emptied just before exec. Any failure is recorded and nothing is executed.
 * Changing ids here makes the shared memory non-dumpable, which keeps the new user from tracing it: never set that back.
 */
#include "launch.h"
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>

#if defined(__has_attribute) && __has_attribute(no_stack_protector)
#define CHILD_SIDE static __attribute__((no_stack_protector))
#define CHILD_ENTRY __attribute__((no_stack_protector, noinline))
#else
#define CHILD_SIDE static __attribute__((optimize("no-stack-protector")))
#define CHILD_ENTRY __attribute__((optimize("no-stack-protector"), noinline))
#endif

#define LAST_SIGNAL 64
#define MASK_SIZE 8
#define NICEST 19
#define RUDEST (-20)

/* The kernel's struct sigaction, not glibc's. */
struct kernel_action {
  void *handler;
  unsigned long flags;
  void *restorer;
  uint64_t mask;
};

struct directory_entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/* A handler of the daemon must never run in the memory we share with it. */
CHILD_SIDE long reset_handlers(void)
{
  static const struct kernel_action action_default;
  for (int number = 1; number <= LAST_SIGNAL; number++) {
    if (number == SIGKILL || number == SIGSTOP)
      continue;
    long result = raw4(SYS_rt_sigaction, number, (long)&action_default, 0, MASK_SIZE);
    if (result < 0)
      return result;
  }
  return 0;
}

CHILD_SIDE long set_descriptors(const struct job *job)
{
  long result = 0;
  for (int fd = 0; fd <= 2 && result >= 0; fd++)
    result = raw3(SYS_dup3, job->stdio[fd], fd, 0);
  if (result < 0 || job->extra < 0)
    return result;
  if (job->extra == job->extra_as)
    return raw3(SYS_fcntl, job->extra, F_SETFD, 0);
  return raw3(SYS_dup3, job->extra, job->extra_as, 0);
}

CHILD_SIDE int number_of(const char *name)
{
  int number = 0;
  if (*name < '0' || *name > '9')
    return -1;
  for (; *name >= '0' && *name <= '9'; name++)
    number = number * 10 + (*name - '0');
  return number;
}

/* One pass over an open /proc/self/fd; returns how many were closed. */
CHILD_SIDE long close_listed(int directory, int kept)
{
  char buffer[1024] __attribute__((aligned(8)));
  long closed = 0, length;
  while ((length = raw3(SYS_getdents64, directory, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < length;) {
      const struct directory_entry *entry = (const struct directory_entry *)(buffer + at);
      int fd = number_of(entry->name);
      at += entry->length;
      if (fd > 2 && fd != directory && fd != kept && raw1(SYS_close, fd) == 0)
        closed++;
    }
  return length < 0 ? length : closed;
}

/* Kernels before 5.9: closes what /proc lists, again and again until a pass finds nothing. */
CHILD_SIDE long close_by_listing(int kept)
{
  long closed;
  long directory = raw4(SYS_openat, AT_FDCWD, (long)"/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (directory < 0)
    return directory;
  do {
    closed = raw3(SYS_lseek, directory, 0, 0);
    if (closed >= 0)
      closed = close_listed((int)directory, kept);
  } while (closed > 0);
  raw1(SYS_close, directory);
  return closed;
}

CHILD_SIDE long close_others(const struct job *job)
{
  int kept = job->extra >= 0 ? job->extra_as : 2;
  long result = kept > 3 ? raw3(SYS_close_range, 3, kept - 1, 0) : 0;
  if (result == 0)
    result = raw3(SYS_close_range, kept + 1, ~0U, 0);
  return result == -ENOSYS ? close_by_listing(kept) : result;
}

CHILD_SIDE long set_limits(const struct profile *profile)
{
  for (int i = 0; i < profile->limit_count; i++) {
    long result = raw4(SYS_prlimit64, 0, profile->limits[i].resource, (long)&profile->limits[i].value, 0);
    if (result < 0)
      return result;
  }
  return 0;
}

/* nice(2) is relative; the kernel's getpriority answers 20 - nice. */
CHILD_SIDE long add_nice(const struct profile *profile)
{
  if (profile->nice == 0)
    return 0;
  long now = raw2(SYS_getpriority, PRIO_PROCESS, 0);
  if (now < 0)
    return now;
  long wanted = 20 - now + profile->nice;
  wanted = wanted > NICEST ? NICEST : wanted < RUDEST ? RUDEST : wanted;
  return raw3(SYS_setpriority, PRIO_PROCESS, 0, wanted);
}

/* The system call alone: glibc's setuid would change every thread of the daemon. */
CHILD_SIDE long verify_ids(const struct profile *profile, gid_t *readback)
{
  uid_t uids[3];
  gid_t gids[3];
  if (raw3(SYS_getresuid, &uids[0], &uids[1], &uids[2]) < 0 || raw3(SYS_getresgid, &gids[0], &gids[1], &gids[2]) < 0)
    return -EPERM;
  for (int i = 0; i < 3; i++)
    if (uids[i] != profile->uid || gids[i] != profile->gid)
      return -EPERM;
  if (raw2(SYS_getgroups, profile->group_count, readback) != profile->group_count)
    return -EPERM;
  for (int i = 0; i < profile->group_count; i++)
    if (readback[i] != profile->groups[i])
      return -EPERM;
  return 0;
}

CHILD_SIDE void stop(struct job *job, enum launch_step step, long result)
{
  job->error = (int)-result;
  job->step = step;
  for (;;)
    raw1(SYS_exit_group, SETUP_FAILED_STATUS);
}

CHILD_SIDE void require(struct job *job, enum launch_step step, long result)
{
  if (result < 0)
    stop(job, step, result);
}

CHILD_ENTRY int child_main(void *data)
{
  struct job *job = data;
  const struct profile *profile = job->profile;
  static const uint64_t empty_mask;
  require(job, STEP_SIGACTION, reset_handlers());
  require(job, STEP_SETSID, raw0(SYS_setsid));
  require(job, STEP_DUP, set_descriptors(job));
  require(job, STEP_CLOSE, close_others(job));
  require(job, STEP_RLIMIT, set_limits(profile));
  require(job, STEP_NICE, add_nice(profile));
  if (profile->umask >= 0)
    raw1(SYS_umask, profile->umask);
  if (profile->directory != NULL)
    require(job, STEP_CHDIR, raw1(SYS_chdir, profile->directory));
  if (profile->has_ids) {
    require(job, STEP_SETGROUPS, raw2(SYS_setgroups, profile->group_count, profile->groups));
    require(job, STEP_SETGID, raw3(SYS_setresgid, profile->gid, profile->gid, profile->gid));
    require(job, STEP_SETUID, raw3(SYS_setresuid, profile->uid, profile->uid, profile->uid));
    require(job, STEP_VERIFY, verify_ids(profile, job->readback));
  }
  require(job, STEP_SIGMASK, raw4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&empty_mask, 0, MASK_SIZE));
  stop(job, STEP_EXEC, raw3(SYS_execve, profile->path, profile->argv, job->envp));
  return 0;
}
