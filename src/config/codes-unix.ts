// Diagnostics of services on unix sockets: XC280 – XC299. Pure table.

const PARSER = { severity: 'error', hasPlace: true, reload: 'reject' } as const;
const CHECK = { severity: 'error', hasPlace: false, func: 'check_entry', reload: 'reject' } as const;
const LEFT_OUT = 'The service is left out.';

export const UNIX_CODES = {
  XC280: {
    ...PARSER,
    func: 'socket_path_parser',
    log: 'socket_path is no path: %s',
    explanation: LEFT_OUT,
    fix: 'Give an absolute path, or @name, of at most 107 bytes.',
  },
  XC281: {
    ...PARSER,
    func: 'socket_mode_parser',
    log: 'socket_mode is invalid: %s',
    explanation: LEFT_OUT,
    fix: 'Give three octal digits, such as 0660.',
  },
  XC282: {
    ...CHECK,
    text: 'service %s has socket_path, and %s besides',
    log: 'Service %s: socket_path and %s exclude each other - DISABLING',
    explanation: 'A unix socket has no port, no address and no protocol. The service is left out.',
    fix: 'Remove one of the two; for both sockets write two services.',
  },
  XC283: {
    ...CHECK,
    text: 'service %s has socket_path, which %s does not go with',
    log: 'Service %s: socket_path does not go with %s - DISABLING',
    explanation:
      'A unix socket has no family, and its callers have no address and no identity server. The service is left out.',
    fix: 'Remove the word.',
  },
  XC284: {
    ...CHECK,
    text: 'service %s: a unix socket is stream or seqpacket',
    log: 'Service %s: socket_path needs socket_type stream or seqpacket - DISABLING',
    explanation: LEFT_OUT,
    fix: 'Write "socket_type = stream".',
  },
  XC285: {
    ...CHECK,
    severity: 'warning',
    reload: 'allow',
    text: 'nobody may call service %s: only_from has no uid: or gid:',
    log: 'Service %s: only_from has no uid: or gid:, so nobody may call',
    explanation:
      'Callers of a unix socket have no address. A list of addresses alone, which may be that of defaults, lets in none of them.',
    fix: 'Add uid:NAME or gid:NAME to only_from of the service.',
  },
  XC286: {
    ...CHECK,
    severity: 'warning',
    reload: 'allow',
    text: 'service %s has no socket_path: uid: and gid: in %s match nobody',
    log: 'Service %s: uid: and gid: in %s need socket_path',
    explanation: 'Who runs the caller is known on unix sockets alone.',
    fix: 'Remove the words, or give the service a socket_path.',
  },
  XC287: {
    ...CHECK,
    text: 'service %s has %s, but no file that it could be for',
    log: 'Service %s: %s needs socket_path with a file - DISABLING',
    explanation: 'An abstract socket (@name) and a port have neither mode nor owner. The service is left out.',
    fix: 'Remove the attribute, or give socket_path an absolute path. An abstract socket is guarded by only_from alone.',
  },
  XC288: {
    ...CHECK,
    severity: 'warning',
    reload: 'allow',
    text: 'service %s has the socket_path of service %s, which stands before it',
    explanation: 'Two services ask for the same path. The second will fail to start.',
    fix: 'Give one of the two another path, or remove it.',
  },
} as const;
