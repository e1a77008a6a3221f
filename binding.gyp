{
  "targets": [
    {
      "target_name": "xinetd-ts",
      "sources": [
        "src/native/accept.c",
        "src/native/addon.c",
        "src/native/arguments.c",
        "src/native/child.c",
        "src/native/crash.c",
        "src/native/detach.c",
        "src/native/exits.c",
        "src/native/guard.c",
        "src/native/handover.c",
        "src/native/inherited.c",
        "src/native/names.c",
        "src/native/options.c",
        "src/native/profile.c",
        "src/native/readiness.c",
        "src/native/relay.c",
        "src/native/relay-pump.c",
        "src/native/relay-thread.c",
        "src/native/signals.c",
        "src/native/sockets.c",
        "src/native/spawn.c",
        "src/native/successor.c",
        "src/native/traffic.c",
        "src/native/trim.c",
        "src/native/unix-socket.c"
      ],
      "cflags": [
        "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wstrict-prototypes", "-Wvla",
        "-fvisibility=hidden", "-fno-strict-aliasing", "-fstack-protector-strong", "-fstack-clash-protection"
      ],
      "cflags!": ["-Wno-unused-parameter"],
      "defines": ["_GNU_SOURCE", "_LARGEFILE64_SOURCE", "_FORTIFY_SOURCE=2", "NAPI_VERSION=9"],
      "ldflags": ["-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"]
    }
  ]
}
