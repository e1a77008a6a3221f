// What an identity server (RFC 1413) says, read as text: the question, and what a reply so far means. Pure.
// Source: spec section 6.5; blanks are allowed where the reference allows them, `USERID` is in capitals.

/** The two ends of a connection, as the identity server at the peer sees them. */
export interface IdentPorts {
  /** Of the peer, which is local to its identity server. */
  readonly peer: number;
  readonly local: number;
}

/** How a look-up failed, in the words of the NOID line. */
export type IdentFailure = 'no server' | 'timeout' | 'system error' | 'error while receiving response' | 'bad response';

export type IdentAnswer =
  /** `text` is everything behind `USERID :`, for example `UNIX : alice`: untrusted bytes. */
  | { readonly kind: 'known'; readonly text: string }
  | {
      readonly kind: 'unknown';
      readonly result: IdentFailure;
      /** What is worth a line in the daemon's log. */
      readonly trouble?: Trouble;
    };

/** `line` is untrusted. */
export type Trouble =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'bad line'; readonly line: string };

/** The longest reply, as in the reference. */
const MOST_BYTES = 1023;
const REPLY = /^[ \t]*(\d{1,5})[ \t]*,[ \t]*(\d{1,5})[ \t]*:[ \t]*USERID[ \t]*:[ \t]*(.*)$/s;

/** The question about a connection. */
export function identQuestion({ peer, local }: IdentPorts): string {
  return `${peer},${local}\r\n`;
}

/** The answer, once `received` holds a whole line or too much of one; undefined while it may still become one. */
export function identAnswer(received: string, ports: IdentPorts): IdentAnswer | undefined {
  const end = received.indexOf('\r\n');
  if (end < 0 && received.length <= MOST_BYTES) return undefined;
  if (end < 0 || end > MOST_BYTES) return unreadable('Too much input from identity server');
  const line = received.slice(0, end);
  const [, peer, local, text] = REPLY.exec(line) ?? [];
  const isAboutUs = Number(peer) === ports.peer && Number(local) === ports.local;
  if (isAboutUs && text !== undefined) return { kind: 'known', text };
  return { kind: 'unknown', result: 'bad response', trouble: { kind: 'bad line', line } };
}

/** The answer where nothing more will come. */
export function identCutOff(): IdentAnswer {
  return unreadable('identd server reply missing ending CR-LF');
}

function unreadable(text: string): IdentAnswer {
  return { kind: 'unknown', result: 'error while receiving response', trouble: { kind: 'message', text } };
}
