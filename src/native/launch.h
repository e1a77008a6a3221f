/*
 * Launching: what a server is started with (profile), the record shared with the child until it has left our memory (job),
 * and who may touch what. profile.c makes profiles, spawn.c owns the slots, child.c is the only code that runs in the child.
 */
#ifndef XINETD_TS_LAUNCH_H
#define XINETD_TS_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define MAX_LIMITS 16
#define SETUP_FAILED_STATUS 126

/* In the order they are taken; spawn.c has their names. */
enum launch_step {
  STEP_NONE,
  STEP_SIGACTION,
  STEP_SETSID,
  STEP_DUP,
  STEP_CLOSE,
  STEP_RLIMIT,
  STEP_NICE,
  STEP_CHDIR,
  STEP_SETGROUPS,
  STEP_SETGID,
  STEP_SETUID,
  STEP_VERIFY,
  STEP_SIGMASK,
  STEP_EXEC,
  STEP_COUNT,
};

struct limit {
  int resource;
  struct rlimit64 value;
};

struct profile {
  uint32_t magic;
  int owners; /* JavaScript, and every slot whose child may still read it */
  char *path, *directory;
  char **argv, **env;
  uint32_t env_count;
  bool has_ids;
  uid_t uid;
  gid_t gid;
  gid_t *groups; /* sorted, as the kernel gives them back */
  int group_count;
  int umask; /* -1: unchanged */
  int nice;  /* relative, 0: unchanged */
  int limit_count;
  struct limit limits[MAX_LIMITS];
};

/* Lives in the parent's memory, which the child shares: the child reads all of it and writes the last three. */
struct job {
  const struct profile *profile;
  char **envp;
  int stdio[3];   /* sources of descriptors 0, 1, 2: never one of these three */
  int extra;      /* source of `extra_as`, or -1 */
  int extra_as;   /* the one further descriptor the program gets; 3 or more */
  gid_t *readback; /* room for group_count ids */
  volatile int step;
  volatile int error;
};

/* Child side: sets up and executes; never returns. `job` is a struct job. */
int child_main(void *job);

/* Takes a reference; NULL (having thrown) when the value is no profile. */
struct profile *profile_of(void *data);
void hold_profile(struct profile *profile);
void release_profile(struct profile *profile);
struct profile *new_profile(void);

/* Starts `job` and waits until the child has left our memory. The job then holds the failed step, if any. Returns -errno
 * or the pid. */
pid_t start_waiting(struct job *job);

/* What became of the set-up of a child that has just been reaped; forgets the child. */
struct launch_failure {
  const char *step; /* NULL: none */
  int error;
};
struct launch_failure take_failure(pid_t pid);
const char *step_name(int step);

#endif
