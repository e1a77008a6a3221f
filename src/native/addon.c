/*
 * The module table of the native core, and the two ways back into JavaScript: throwing a SystemError and calling a function
 * from the event loop. It may be loaded once per process: exits, slots and the trim timer belong to the process, not to a
 * thread, so a second environment (a worker thread) is refused.
 */
#include "addon.h"

#include <string.h>

struct addon addon;

napi_value fail(napi_env env, const char *call, int error, const char *subject)
{
  napi_value class = NULL, thrown = NULL;
  napi_value values[4] = {make_string(env, call), make_integer(env, error), make_string(env, subject),
                          make_string(env, strerror(error))};
  napi_get_reference_value(env, addon.system_error, &class);
  if (napi_new_instance(env, class, 4, values, &thrown) == napi_ok)
    napi_throw(env, thrown);
  return NULL;
}

bool call_back(napi_ref function, size_t count, const napi_value *values, napi_value *thrown)
{
  napi_value receiver, callee;
  *thrown = NULL;
  if (addon.env == NULL || napi_get_global(addon.env, &receiver) != napi_ok ||
      napi_get_reference_value(addon.env, function, &callee) != napi_ok)
    return false;
  napi_status status = napi_make_callback(addon.env, NULL, receiver, callee, count, values, NULL);
  if (status == napi_pending_exception)
    napi_get_and_clear_last_exception(addon.env, thrown);
  return status == napi_ok;
}

void report_thrown(napi_value thrown)
{
  if (thrown != NULL && addon.env != NULL)
    napi_fatal_exception(addon.env, thrown);
}

static void forget_environment(void *unused)
{
  (void)unused;
  addon.env = NULL;
}

/* initialise(SystemError): binding.ts gives the class that failures are thrown as. */
static VERB(initialise)
{
  napi_value values[1];
  napi_ref class;
  if (!take_arguments(env, info, 1, values) || !read_function(env, values[0], "SystemError", &class))
    return NULL;
  if (addon.system_error != NULL)
    napi_delete_reference(env, addon.system_error);
  addon.system_error = class;
  return NULL;
}

static const struct {
  const char *name;
  napi_callback verb;
} verbs[] = {
  {"initialise", initialise},
  {"openSocket", open_socket},
  {"adoptSocket", adopt_socket},
  {"localEndpoint", local_endpoint},
  {"keepAlive", keep_alive},
  {"linger", linger},
  {"setFilter", set_filter},
  {"closeFd", close_fd},
  {"setBlocking", set_blocking},
  {"shutdownFd", shutdown_fd},
  {"sendNow", send_now},
  {"receiveNow", receive_now},
  {"receiveFrom", receive_from},
  {"datagramStamp", datagram_stamp},
  {"replyTo", reply_to},
  {"openUnixDatagram", open_unix_datagram},
  {"watchAccept", watch_accept},
  {"watchReadable", watch_readable},
  {"watchReady", watch_ready},
  {"watchWant", watch_want},
  {"watchClose", watch_close},
  {"launchProfile", launch_profile},
  {"launch", launch},
  {"watchExits", watch_exits},
  {"closeExits", close_exits},
  {"watchSignals", watch_signals},
  {"closeSignals", close_signals},
  {"startRelay", start_relay},
  {"endRelay", end_relay},
  {"spawnDetached", spawn_detached},
  {"execInPlace", exec_in_place},
  {"planRestart", plan_restart},
  {"cancelRestart", cancel_restart},
  {"restartNow", restart_now},
  {"memoryFile", memory_file},
  {"closeOnExec", close_on_exec},
  {"sendDescriptor", send_descriptor},
  {"descriptorLimit", descriptor_limit},
  {"lookupUser", lookup_user},
  {"lookupGroup", lookup_group},
  {"groupList", group_list},
  {"strerror", error_text},
  {"trimLater", trim_later},
  {"trimNow", trim_now},
  {"openUnixSocket", open_unix_socket},
  {"removeSocketFile", remove_socket_file},
  {"peerPerson", peer_person},
  {"describeSocket", describe_socket},
};

NAPI_MODULE_INIT()
{
  if (addon.env != NULL && addon.env != env) {
    napi_throw_error(env, NULL, "the native core is already in use by another thread of this process");
    return NULL;
  }
  addon.env = env;
  call_off_collection_when_idle();
  napi_get_uv_event_loop(env, &addon.loop);
  napi_add_env_cleanup_hook(env, forget_environment, NULL);
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
    napi_value function;
    napi_create_function(env, verbs[i].name, NAPI_AUTO_LENGTH, verbs[i].verb, NULL, &function);
    set_property(env, exports, verbs[i].name, function);
  }
  return exports;
}
