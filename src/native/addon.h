/*
 * What the files of the native core share: the one event loop they live on, reading arguments, throwing errno, and calling
 * back. Plain C on Node-API and libuv; everything here runs on the event loop's thread. A verb that fails throws and
 * returns NULL; a verb without a result returns NULL too, which JavaScript sees as undefined.
 */
#ifndef XINETD_TS_ADDON_H
#define XINETD_TS_ADDON_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct addon {
  napi_env env; /* NULL until loaded and again after the environment is gone */
  uv_loop_t *loop;
  napi_ref system_error; /* the SystemError class, given by binding.ts */
};
extern struct addon addon;

/* Throws SystemError { call, errno, subject }; always returns NULL so that a verb can return it. */
napi_value fail(napi_env env, const char *call, int error, const char *subject);
void throw_type_error(napi_env env, const char *argument, const char *expected);
/* Throws TypeError naming the argument; always false so that a reader can return it, inline so that the compiler knows. */
static inline bool refuse(napi_env env, const char *argument, const char *expected)
{
  throw_type_error(env, argument, expected);
  return false;
}

/* Calls a function of JavaScript from the loop. False when it threw: then *thrown holds what it threw (or NULL when the
 * environment is ending), to be handed to report_thrown once descriptors are back in order. */
bool call_back(napi_ref function, size_t count, const napi_value *values, napi_value *thrown);
/* Raises 'uncaughtException' with what a callback threw. */
void report_thrown(napi_value thrown);

/* arguments.c: each reader throws and returns false when the value is not what the verb needs. */
bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);
bool read_integer(napi_env env, napi_value value, const char *name, int64_t lowest, int64_t highest, int64_t *out);
bool read_fd(napi_env env, napi_value value, int *out);
bool read_boolean(napi_env env, napi_value value, const char *name, bool *out);
bool read_function(napi_env env, napi_value value, const char *name, napi_ref *out);
bool read_bytes(napi_env env, napi_value value, const char *name, uint8_t **data, size_t *length);
/* A byte string (latin1) without NUL, to be freed by the caller. */
bool read_string(napi_env env, napi_value value, const char *name, char **out);
/* The index of the word in the list that ends in NULL. */
bool read_word(napi_env env, napi_value value, const char *name, const char *const *words, int *out);
bool read_length(napi_env env, napi_value array, const char *name, uint32_t highest, uint32_t *out);
/* A NULL-terminated vector of byte strings, to be freed with free_strings. */
bool read_strings(napi_env env, napi_value array, const char *name, char ***out, uint32_t *count);
void free_strings(char **strings);
/* A property of an options object; false (having thrown) when `object` is none. */
bool read_property(napi_env env, napi_value object, const char *name, napi_value *out);
bool read_integer_property(napi_env env, napi_value object, const char *name, int64_t lowest, int64_t highest, int64_t *out);
bool read_boolean_property(napi_env env, napi_value object, const char *name, bool *out);
bool is_undefined(napi_env env, napi_value value);

napi_value make_integer(napi_env env, int64_t value);
napi_value make_string(napi_env env, const char *text);
napi_value make_undefined(napi_env env);
void set_property(napi_env env, napi_value object, const char *name, napi_value value);

/* accept.c: the descriptor was closed by its new owner while its callback is still running. */
void note_closed(int fd);

/* trim.c: from now on V8 does not look for garbage because nothing happens. */
void call_off_collection_when_idle(void);

#define VERB(name) napi_value name(napi_env env, napi_callback_info info)
VERB(open_socket);
VERB(adopt_socket);
VERB(local_endpoint);
VERB(keep_alive);
VERB(linger);
VERB(set_filter);
VERB(close_fd);
VERB(set_blocking);
VERB(shutdown_fd);
VERB(send_now);
VERB(receive_now);
VERB(receive_from);
VERB(datagram_stamp);
VERB(reply_to);
VERB(open_unix_datagram);
VERB(watch_accept);
VERB(watch_readable);
VERB(watch_ready);
VERB(watch_want);
VERB(watch_close);
VERB(launch_profile);
VERB(launch);
VERB(watch_exits);
VERB(close_exits);
VERB(watch_signals);
VERB(close_signals);
VERB(start_relay);
VERB(end_relay);
VERB(spawn_detached);
VERB(exec_in_place);
VERB(plan_restart);
VERB(cancel_restart);
VERB(restart_now);
VERB(memory_file);
VERB(close_on_exec);
VERB(send_descriptor);
VERB(descriptor_limit);
VERB(lookup_user);
VERB(lookup_group);
VERB(group_list);
VERB(error_text);
VERB(trim_later);
VERB(trim_now);
VERB(open_unix_socket);
VERB(remove_socket_file);
VERB(peer_person);
VERB(describe_socket);

#endif
