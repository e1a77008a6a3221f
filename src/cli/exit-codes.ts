// The exit codes of the command, named. Pure.

/** Done: the services are up, the test passed, or the daemon was asked to stop. */
export const EXIT_OK = 0;
/** Usage error, unreadable configuration, nothing to serve, or a configuration test that found errors. */
export const EXIT_FAILURE = 1;
/** A command asked a daemon that is not there. */
export const EXIT_NO_DAEMON = 3;
/** `explain`: the caller is refused. */
export const EXIT_DENIED = 1;
/** `explain`: asked about something that is not there. */
export const EXIT_USAGE = 2;
