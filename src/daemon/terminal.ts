// Whether somebody sits at a terminal. Node's own module is loaded when it is asked, since it brings streams and sockets along.

/** Whether the descriptor is a terminal. */
export function isTerminal(fd: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd);
}
