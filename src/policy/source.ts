// Who calls: a peer's address as every rule, count and log line needs it.
// Pure. IPv4-mapped IPv6 addresses are the IPv4 address they stand for; only `text` remembers the form.

/** Who is at the other end of a unix socket. */
export interface Person {
  readonly uid: number;
  readonly gid: number;
  /** 0 where it is not known. */
  readonly pid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

/** The peer of a connection or datagram. */
export interface Source {
  /** 4 for IPv4 and for IPv4-mapped IPv6; a unix socket's callers have no address. */
  readonly family: 4 | 6 | 'unix';
  /** Unsigned 32-bit words; an IPv4 address stands in `words[0]`, the others are 0. */
  readonly words: readonly [number, number, number, number];
  readonly port: number;
  /** Of a unix socket's caller. */
  readonly person?: Person;
  /** The plain address of the proxy that has named this caller. */
  readonly via?: string;
  /** As the reference prints it: `::ffff:192.0.2.1` on a dual-stack socket. */
  readonly text: string;
  /** Always without the mapping prefix; `uid:1000` for a unix socket's caller. */
  readonly plain: string;
}

/** How the reference writes a peer it does not know. */
export const NO_ADDRESS = '<no address>';

const MAPPED = 0xffff;

/** Makes a `Source` from what accept(2) or recvfrom(2) said. */
export function sourceOf(family: 4 | 6, port: number, text: string, words: Source['words']): Source {
  const isMapped = family === 6 && words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
  if (family === 4) return { family: 4, words, port, text, plain: text };
  if (!isMapped) return { family: 6, words, port, text, plain: text };
  return { family: 4, words: [words[3], 0, 0, 0], port, text, plain: text.slice(text.lastIndexOf(':') + 1) };
}

/** Makes the `Source` of a unix socket's caller, who counts as one with all callers of its user. */
export function unixSource(person: Person): Source {
  const { uid, gid, pid } = person;
  const text = `unix:uid=${uid},gid=${gid},pid=${pid}`;
  return { family: 'unix', words: [0, 0, 0, 0], port: 0, person, text, plain: `uid:${uid}` };
}
