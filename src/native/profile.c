/*
 * A launch profile: everything about a server that is the same for every connection, checked and copied once into memory the
 * child can read. It outlives the JavaScript object as long as a child that was started with it may still read it.
 */
#include "addon.h"
#include "launch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_MAGIC 0x70726f66u

static const char *const resources[] = {"as", "cpu", "data", "rss", "stack", "nofile", "core", "fsize", "nproc", NULL};
static const int resource_numbers[] = {RLIMIT_AS,     RLIMIT_CPU,  RLIMIT_DATA,  RLIMIT_RSS,  RLIMIT_STACK,
                                       RLIMIT_NOFILE, RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC};

struct profile *new_profile(void)
{
  struct profile *profile = calloc(1, sizeof *profile);
  if (profile == NULL)
    return NULL;
  profile->magic = PROFILE_MAGIC;
  profile->owners = 1;
  profile->umask = -1;
  return profile;
}

struct profile *profile_of(void *data)
{
  struct profile *profile = data;
  return profile != NULL && profile->magic == PROFILE_MAGIC ? profile : NULL;
}

void hold_profile(struct profile *profile)
{
  profile->owners++;
}

void release_profile(struct profile *profile)
{
  if (--profile->owners > 0)
    return;
  free(profile->path);
  free(profile->directory);
  free_strings(profile->argv);
  free_strings(profile->env);
  free(profile->groups);
  free(profile);
}

static void on_collected(napi_env env, void *data, void *hint)
{
  (void)env;
  (void)hint;
  release_profile(data);
}

static bool read_text_property(napi_env env, napi_value spec, const char *name, char **out)
{
  napi_value value;
  return read_property(env, spec, name, &value) && read_string(env, value, name, out);
}

static bool read_strings_property(napi_env env, napi_value spec, const char *name, char ***out, uint32_t *count)
{
  napi_value value;
  return read_property(env, spec, name, &value) && read_strings(env, value, name, out, count);
}

/* An absent property leaves *out as it is. */
static bool read_optional_integer(napi_env env, napi_value spec, const char *name, int64_t lowest, int64_t highest, int *out)
{
  napi_value value;
  int64_t number;
  if (!read_property(env, spec, name, &value))
    return false;
  if (is_undefined(env, value))
    return true;
  if (!read_integer(env, value, name, lowest, highest, &number))
    return false;
  *out = (int)number;
  return true;
}

/* (uid_t)-1 means "unchanged" to the kernel, so it is no id. */
static bool read_id(napi_env env, napi_value value, const char *name, uint32_t *out)
{
  int64_t number;
  if (!read_integer(env, value, name, 0, (int64_t)UINT32_MAX - 1, &number))
    return false;
  *out = (uint32_t)number;
  return true;
}

static int compare_ids(const void *left, const void *right)
{
  gid_t a = *(const gid_t *)left, b = *(const gid_t *)right;
  return (a > b) - (a < b);
}

static bool read_groups(napi_env env, napi_value array, struct profile *profile)
{
  uint32_t count;
  napi_value element;
  if (!read_length(env, array, "groups", NGROUPS_MAX, &count))
    return false;
  profile->groups = calloc((size_t)count + 1, sizeof *profile->groups);
  if (profile->groups == NULL)
    return refuse(env, "groups", "short enough for memory");
  for (uint32_t i = 0; i < count; i++)
    if (napi_get_element(env, array, i, &element) != napi_ok || !read_id(env, element, "groups", &profile->groups[i]))
      return false;
  profile->group_count = (int)count;
  qsort(profile->groups, count, sizeof *profile->groups, compare_ids);
  return true;
}

static bool read_ids(napi_env env, napi_value spec, struct profile *profile)
{
  napi_value ids, uid, gid, groups;
  if (!read_property(env, spec, "ids", &ids))
    return false;
  if (is_undefined(env, ids))
    return true;
  profile->has_ids = true;
  return read_property(env, ids, "uid", &uid) && read_id(env, uid, "uid", &profile->uid) &&
         read_property(env, ids, "gid", &gid) && read_id(env, gid, "gid", &profile->gid) &&
         read_property(env, ids, "groups", &groups) && read_groups(env, groups, profile);
}

static bool read_limit(napi_env env, napi_value row, struct limit *limit)
{
  napi_value resource, ceiling;
  double number;
  int index;
  if (!read_property(env, row, "resource", &resource) || !read_word(env, resource, "resource", resources, &index) ||
      !read_property(env, row, "limit", &ceiling))
    return false;
  if (napi_get_value_double(env, ceiling, &number) != napi_ok || !(number >= 0))
    return refuse(env, "limit", "a number from 0 up");
  limit->resource = resource_numbers[index];
  limit->value.rlim_cur = number >= 0x1p64 ? RLIM64_INFINITY : (rlim64_t)number;
  limit->value.rlim_max = limit->value.rlim_cur;
  return true;
}

static bool read_limits(napi_env env, napi_value spec, struct profile *profile)
{
  napi_value array, row;
  uint32_t count;
  if (!read_property(env, spec, "rlimits", &array) || !read_length(env, array, "rlimits", MAX_LIMITS, &count))
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (napi_get_element(env, array, i, &row) != napi_ok || !read_limit(env, row, &profile->limits[i]))
      return false;
  profile->limit_count = (int)count;
  return true;
}

static bool read_profile(napi_env env, napi_value spec, struct profile *profile)
{
  uint32_t argument_count;
  return read_text_property(env, spec, "path", &profile->path) &&
         read_text_property(env, spec, "directory", &profile->directory) &&
         read_strings_property(env, spec, "argv", &profile->argv, &argument_count) &&
         read_strings_property(env, spec, "env", &profile->env, &profile->env_count) && read_ids(env, spec, profile) &&
         read_optional_integer(env, spec, "umask", 0, 0777, &profile->umask) &&
         read_optional_integer(env, spec, "nice", -40, 40, &profile->nice) && read_limits(env, spec, profile);
}

/* launchProfile(spec) -> profile */
VERB(launch_profile)
{
  napi_value values[1], handle;
  if (!take_arguments(env, info, 1, values))
    return NULL;
  struct profile *profile = new_profile();
  if (profile == NULL)
    return fail(env, "malloc", ENOMEM, "");
  if (read_profile(env, values[0], profile) && napi_create_external(env, profile, on_collected, NULL, &handle) == napi_ok)
    return handle;
  release_profile(profile);
  return NULL;
}
