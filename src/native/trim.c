/*
 * Giving memory back when idle. Most of Node's resident memory is its own program text, which the page cache keeps anyway:
 * clean mappings are dropped from our page tables and come back by a soft fault when used. This must run from a C timer:
 * JavaScript afterwards would fault much of it in again. So would a garbage collection, which V8 likes to do when it has
 * been idle for eight seconds: it is done here, first, and V8's is called off.
 */
#include "addon.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LONGEST_DELAY_MS 86400000
/* A collection takes some 10 ms and is worth that when so much has been added since the last one. */
#define GARBAGE_KILOBYTES 512

static uv_timer_t timer;
static bool is_timer_ready;
/* Somebody has said that there is work, and the wait since then is not over. */
static bool is_busy;
static long kilobytes_after_collection;

/* The mapping whose lines are being read. */
struct mapping {
  uintptr_t start, end;
  bool is_clean_file;
};

/* Node's own way to a flag of V8's, the module node:v8, takes milliseconds to load. */
void call_off_collection_when_idle(void)
{
  union {
    void *symbol;
    void (*call)(const char *flags);
  } set_flags = {dlsym(RTLD_DEFAULT, "_ZN2v82V818SetFlagsFromStringEPKc")};
  if (set_flags.symbol != NULL)
    set_flags.call("--gc-memory-reducer-start-delay-ms=2000000000");
}

static bool read_hex(const char **text, uintptr_t *out)
{
  const char *at = *text;
  uintptr_t value = 0;
  for (;; at++) {
    int digit = *at >= '0' && *at <= '9' ? *at - '0' : *at >= 'a' && *at <= 'f' ? *at - 'a' + 10 : -1;
    if (digit < 0)
      break;
    value = value * 16 + (uintptr_t)digit;
  }
  bool is_number = at != *text;
  *text = at;
  *out = value;
  return is_number;
}

/* `start-end perms offset device inode   path`: false when the line is no head of a mapping. */
static bool read_head(const char *line, struct mapping *mapping)
{
  const char *at = line;
  uintptr_t start, end;
  if (!read_hex(&at, &start) || *at++ != '-' || !read_hex(&at, &end) || *at++ != ' ')
    return false;
  const char *path = strchr(at, '/');
  bool is_writable = at[0] != '\0' && at[1] == 'w';
  *mapping = (struct mapping){start, end, !is_writable && path != NULL && strncmp(path, "/dev/", 5) != 0};
  return true;
}

static void drop(const struct mapping *mapping)
{
  if (mapping->is_clean_file && mapping->end > mapping->start)
    (void)madvise((void *)mapping->start, mapping->end - mapping->start, MADV_DONTNEED); /* NOLINT: kernel's own address */
}

/* A private page that was ever written is anonymous memory and must stay; "dirty" would also count the page cache's. */
static void read_line(const char *line, struct mapping *mapping)
{
  static const char anonymous[] = "Anonymous:";
  struct mapping next;
  if (strncmp(line, anonymous, sizeof anonymous - 1) == 0) {
    const char *number = line + sizeof anonymous - 1;
    number += strspn(number, " ");
    if (strncmp(number, "0 kB", 4) != 0)
      mapping->is_clean_file = false;
  } else if (read_head(line, &next)) {
    drop(mapping);
    *mapping = next;
  }
}

/* Reads the list line by line through one fixed buffer; an over-long line is cut. */
static void drop_clean_mappings(int fd)
{
  static char buffer[8192];
  struct mapping mapping = {0, 0, false};
  size_t filled = 0;
  for (;;) {
    ssize_t got = read(fd, buffer + filled, sizeof buffer - 1 - filled);
    if (got <= 0)
      break;
    filled += (size_t)got;
    buffer[filled] = '\0';
    char *line = buffer, *end;
    while ((end = memchr(line, '\n', filled - (size_t)(line - buffer))) != NULL) {
      *end = '\0';
      read_line(line, &mapping);
      line = end + 1;
    }
    filled -= (size_t)(line - buffer);
    memmove(buffer, line, filled);
    if (filled == sizeof buffer - 1)
      filled = 0;
  }
  drop(&mapping);
}

/* Resident memory that is not of files; 0 where it cannot be told. */
static long anonymous_kilobytes(void)
{
  char text[128];
  long size, resident, shared;
  int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0)
    return 0;
  text[got] = '\0';
  if (sscanf(text, "%ld %ld %ld", &size, &resident, &shared) != 3)
    return 0;
  return (resident - shared) * (sysconf(_SC_PAGESIZE) / 1024);
}

/*
 * Node-API has no word for v8::Isolate::LowMemoryNotification, the only collection that gives pages back; Node exports it.
 * Where it does not, memory is given back later or not at all, and nothing else changes.
 */
static void collect_garbage(void)
{
  union {
    void *symbol;
    void *(*call)(void);
  } current = {dlsym(RTLD_DEFAULT, "_ZN2v87Isolate10GetCurrentEv")};
  union {
    void *symbol;
    void (*call)(void *isolate);
  } notify = {dlsym(RTLD_DEFAULT, "_ZN2v87Isolate21LowMemoryNotificationEv")};
  if (current.symbol != NULL && notify.symbol != NULL)
    notify.call(current.call());
}

static void give_back(void)
{
  bool is_worth_collecting = anonymous_kilobytes() > kilobytes_after_collection + GARBAGE_KILOBYTES;
  if (is_worth_collecting)
    collect_garbage();
#ifdef __GLIBC__ /* elsewhere free() gives back by itself, or nothing does */
  malloc_trim(0);
#endif
  if (is_worth_collecting)
    kilobytes_after_collection = anonymous_kilobytes();
  int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  drop_clean_mappings(fd);
  close(fd);
}

static void on_idle(uv_timer_t *handle)
{
  (void)handle;
  is_busy = false;
  give_back();
}

static napi_value start_timer(napi_env env, int64_t delay_ms)
{
  if (!is_timer_ready) {
    uv_timer_init(addon.loop, &timer);
    uv_unref((uv_handle_t *)&timer);
    is_timer_ready = true;
  }
  uv_update_time(addon.loop);
  int error = uv_timer_start(&timer, on_idle, (uint64_t)delay_ms, 0);
  return error == 0 ? NULL : fail(env, "timer", -error, "");
}

/* trimLater(delayMs): each call starts the wait anew; the timer keeps no process alive */
VERB(trim_later)
{
  napi_value values[1];
  int64_t delay_ms;
  if (!take_arguments(env, info, 1, values) || !read_integer(env, values[0], "delayMs", 0, LONGEST_DELAY_MS, &delay_ms))
    return NULL;
  is_busy = true;
  return start_timer(env, delay_ms);
}

/*
 * trimNow(mostKilobytes, delayMs): at once where the process has no more than that, and once more later for what the caller
 * still has to do; nothing while trimLater waits
 */
VERB(trim_now)
{
  napi_value values[2];
  int64_t most, delay_ms;
  if (!take_arguments(env, info, 2, values) || !read_integer(env, values[0], "mostKilobytes", 0, INT64_MAX, &most) ||
      !read_integer(env, values[1], "delayMs", 0, LONGEST_DELAY_MS, &delay_ms) || is_busy)
    return NULL;
  if (anonymous_kilobytes() <= most)
    give_back();
  return start_timer(env, delay_ms);
}
