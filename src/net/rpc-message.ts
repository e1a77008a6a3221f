// The few messages that are exchanged with rpcbind, as bytes: a service is set, unset, looked up. Pure.
// Source: RFC 5531 (calls and replies), RFC 1833 (program 100000: version 4 by transport name, version 2 by protocol number).

/** Which of rpcbind's two languages; 2 is that of the portmapper before it. */
export type PortmapVersion = 4 | 2;

/** The procedures, numbered alike in both versions; `find` is understood here in version 2 alone. */
const PROCEDURES = { set: 1, unset: 2, find: 3 } as const;
export type Procedure = keyof typeof PROCEDURES;

/** Names of transports: those of IPv6 exist in version 4 only. */
export type Transport = 'tcp' | 'tcp6' | 'udp' | 'udp6';

/** One version of a program on one transport. */
export interface Mapping {
  readonly program: number;
  readonly version: number;
  readonly transport: Transport;
  /** 0 where the procedure does not ask for it. */
  readonly port: number;
}

/** What rpcbind answers. `value` is the first word of the result: 1 is yes, for `find` the port. */
export type Answer =
  | { readonly kind: 'done'; readonly value: number }
  /** This version of the language is not spoken there. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'refused' };

const PORTMAPPER = 100_000;
const RPC_VERSION = 2;
const CALL = 0;
const REPLY = 1;
const ACCEPTED = 0;
const SUCCESS = 0;
const PROGRAM_MISMATCH = 2;
const OWNER = 'superuser';

/** The bytes of a call; `callId` comes back with the answer. */
export function encodeCall(
  callId: number,
  language: PortmapVersion,
  procedure: Procedure,
  mapping: Mapping,
): Uint8Array {
  const noIdentity = [0, 0, 0, 0];
  const head = [callId, CALL, RPC_VERSION, PORTMAPPER, language, PROCEDURES[procedure], ...noIdentity];
  const what = [mapping.program, mapping.version];
  const rest =
    language === 2
      ? [mapping.transport === 'tcp' ? 6 : 17, mapping.port]
      : [mapping.transport, universalAddress(mapping), OWNER].flatMap(stringWords);
  return bytesOf([...head, ...what, ...rest]);
}

/** The answer to a call and whose it is; undefined for anything else. */
export function decodeReply(bytes: Uint8Array): { readonly callId: number; readonly answer: Answer } | undefined {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 4));
  const word = (index: number): number => (index * 4 < words.byteLength ? words.getUint32(index * 4) : 0);
  if (words.byteLength < 12 || word(1) !== REPLY) return undefined;
  const callId = word(0);
  if (word(2) !== ACCEPTED) return { callId, answer: { kind: 'refused' } };
  const status = 5 + Math.ceil(word(4) / 4);
  if (status * 4 >= words.byteLength) return undefined;
  if (word(status) === PROGRAM_MISMATCH) return { callId, answer: { kind: 'mismatch' } };
  if (word(status) !== SUCCESS) return { callId, answer: { kind: 'refused' } };
  return { callId, answer: { kind: 'done', value: word(status + 1) } };
}

function universalAddress({ transport, port }: Mapping): string {
  const host = transport.endsWith('6') ? '::' : '0.0.0.0';
  return port === 0 ? '' : `${host}.${port >> 8}.${port & 255}`;
}

/** A string as words: its length, then its bytes filled up to a multiple of four. */
function stringWords(text: string): readonly number[] {
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4);
  for (let index = 0; index < text.length; index += 1) padded[index] = text.charCodeAt(index);
  const view = new DataView(padded.buffer);
  const words = Array.from({ length: padded.length / 4 }, (_, index) => view.getUint32(index * 4));
  return [text.length, ...words];
}

function bytesOf(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word);
  return new Uint8Array(view.buffer);
}
