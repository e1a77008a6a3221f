/*
 * Users and groups through NSS, and the text of an errno. These may block (LDAP), so they are for load time only.
 * Nobody found is undefined; a failing look-up throws, because "no such user" would be a wrong answer.
 */
#include "addon.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BUFFER 4096
#define LARGEST_BUFFER (1u << 24)

/* A name, or an id when the argument was a number. */
struct key {
  char *name;
  uint32_t id;
};

static bool read_key(napi_env env, napi_value value, const char *argument, struct key *key)
{
  napi_valuetype type;
  int64_t number;
  key->name = NULL;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_string)
    return read_string(env, value, argument, &key->name);
  if (!read_integer(env, value, argument, 0, UINT32_MAX, &number))
    return false;
  key->id = (uint32_t)number;
  return true;
}

/* Some sources answer "not found" with an errno; POSIX lists these. */
static int without_absence(int error)
{
  return error == ENOENT || error == ESRCH || error == EBADF || error == EPERM ? 0 : error;
}

static int find_user(const struct key *key, struct passwd *entry, char *buffer, size_t size, bool *is_found)
{
  struct passwd *found = NULL;
  int error = key->name != NULL ? getpwnam_r(key->name, entry, buffer, size, &found)
                                : getpwuid_r(key->id, entry, buffer, size, &found);
  *is_found = found != NULL;
  return error;
}

static int find_group(const struct key *key, struct group *entry, char *buffer, size_t size, bool *is_found)
{
  struct group *found = NULL;
  int error = key->name != NULL ? getgrnam_r(key->name, entry, buffer, size, &found)
                                : getgrgid_r(key->id, entry, buffer, size, &found);
  *is_found = found != NULL;
  return error;
}

/* Doubles the buffer; false when there is no more to be had, with *error set. */
static bool grow_buffer(char **buffer, size_t *size, int *error)
{
  size_t wanted = *size == 0 ? FIRST_BUFFER : *size * 2;
  char *grown = wanted > LARGEST_BUFFER ? NULL : realloc(*buffer, wanted);
  if (grown == NULL) {
    *error = ENOMEM;
    return false;
  }
  *buffer = grown;
  *size = wanted;
  return true;
}

static napi_value make_user(napi_env env, const struct passwd *entry)
{
  napi_value user;
  napi_create_object(env, &user);
  set_property(env, user, "name", make_string(env, entry->pw_name));
  set_property(env, user, "uid", make_integer(env, entry->pw_uid));
  set_property(env, user, "gid", make_integer(env, entry->pw_gid));
  return user;
}

static napi_value make_group(napi_env env, const struct group *entry)
{
  napi_value group;
  napi_create_object(env, &group);
  set_property(env, group, "name", make_string(env, entry->gr_name));
  set_property(env, group, "gid", make_integer(env, entry->gr_gid));
  return group;
}

/* lookupUser(nameOrUid) -> { name, uid, gid } or undefined */
VERB(lookup_user)
{
  napi_value values[1], result = NULL;
  struct key key;
  struct passwd entry;
  bool is_found = false;
  char *buffer = NULL;
  size_t size = 0;
  int error = ERANGE;
  if (!take_arguments(env, info, 1, values) || !read_key(env, values[0], "user", &key))
    return NULL;
  while (error == ERANGE && grow_buffer(&buffer, &size, &error))
    error = find_user(&key, &entry, buffer, size, &is_found);
  error = without_absence(error);
  if (error != 0)
    fail(env, "getpwnam", error, key.name != NULL ? key.name : "");
  else if (is_found)
    result = make_user(env, &entry);
  free(buffer);
  free(key.name);
  return result;
}

/* lookupGroup(nameOrGid) -> { name, gid } or undefined */
VERB(lookup_group)
{
  napi_value values[1], result = NULL;
  struct key key;
  struct group entry;
  bool is_found = false;
  char *buffer = NULL;
  size_t size = 0;
  int error = ERANGE;
  if (!take_arguments(env, info, 1, values) || !read_key(env, values[0], "group", &key))
    return NULL;
  while (error == ERANGE && grow_buffer(&buffer, &size, &error))
    error = find_group(&key, &entry, buffer, size, &is_found);
  error = without_absence(error);
  if (error != 0)
    fail(env, "getgrnam", error, key.name != NULL ? key.name : "");
  else if (is_found)
    result = make_group(env, &entry);
  free(buffer);
  free(key.name);
  return result;
}

/* All groups of the user, `gid` included; NULL when memory runs out. */
static gid_t *list_groups(const char *user, gid_t gid, int *count)
{
  gid_t *list = NULL;
  int room = 0, known = 64;
  do {
    room = known;
    gid_t *grown = realloc(list, (size_t)room * sizeof *list);
    if (grown == NULL) {
      free(list);
      return NULL;
    }
    list = grown;
    known = room;
    if (getgrouplist(user, gid, list, &known) < 0 && known <= room)
      known = room * 2;
  } while (known > room);
  *count = known;
  return list;
}

/* groupList(user, gid) -> gids */
VERB(group_list)
{
  napi_value values[2], result;
  char *user;
  int64_t gid;
  int count = 0;
  if (!take_arguments(env, info, 2, values) || !read_integer(env, values[1], "gid", 0, UINT32_MAX, &gid) ||
      !read_string(env, values[0], "user", &user))
    return NULL;
  gid_t *list = list_groups(user, (gid_t)gid, &count);
  free(user);
  if (list == NULL)
    return fail(env, "getgrouplist", ENOMEM, "");
  napi_create_array_with_length(env, (size_t)count, &result);
  for (int i = 0; i < count; i++)
    napi_set_element(env, result, (uint32_t)i, make_integer(env, list[i]));
  free(list);
  return result;
}

/* strerror(errno) -> text */
VERB(error_text)
{
  napi_value values[1];
  int64_t number;
  if (!take_arguments(env, info, 1, values) || !read_integer(env, values[0], "errno", 0, INT32_MAX, &number))
    return NULL;
  return make_string(env, strerror((int)number));
}
