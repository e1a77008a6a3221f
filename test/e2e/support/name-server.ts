// A name server of the cell at 127.0.0.1:53: answers from two tables, or stays silent. UDP, questions for PTR, A and AAAA.

import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { afterTest } from './cell.ts';

export interface NameServerTables {
  /** PTR records by IPv4 address. */
  readonly names?: Readonly<Record<string, string>>;
  /** A records by name. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** How long an answer holds; a minute where it is missing. */
  readonly ttlSeconds?: number;
  /** Never answers. */
  readonly isSilent?: boolean;
}

const TYPE = { A: 1, PTR: 12 } as const;
const HEADER_BYTES = 12;
const TTL_SECONDS = 60;

/** Starts the server, names it in /etc/resolv.conf and hands back the names that were asked for. */
export async function startNameServer(tables: NameServerTables): Promise<readonly string[]> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, { port, address }: RemoteInfo) => {
    const { name, type, end } = questionOf(query);
    asked.push(name);
    const { isSilent, ttlSeconds = TTL_SECONDS } = tables;
    const answer = { data: recordFor(tables, name, type), ttlSeconds };
    if (isSilent !== true) socket.send(answerTo(query, end, answer), port, address);
  });
  await new Promise<void>((resolve) => void socket.bind(53, '127.0.0.1', resolve));
  afterTest(() => new Promise<void>((resolve) => void socket.close(() => resolve())));
  writeFileSync('/etc/resolv.conf', 'nameserver 127.0.0.1\n');
  return asked;
}

function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordFor({ names = {}, addresses = {} }: NameServerTables, name: string, type: number): Buffer | undefined {
  if (type === TYPE.PTR) {
    const address = name.replace('.in-addr.arpa', '').split('.').toReversed().join('.');
    const found = names[address];
    return found === undefined ? undefined : encodeName(found);
  }
  const address = type === TYPE.A ? addresses[name] : undefined;
  return address === undefined ? undefined : Buffer.from(address.split('.').map(Number));
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

/** The question again, and the record that answers it; without one there is no such name. */
function answerTo(
  query: Buffer,
  end: number,
  { data, ttlSeconds }: { readonly data: Buffer | undefined; readonly ttlSeconds: number },
): Buffer {
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(data === undefined ? 0x8583 : 0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data === undefined ? 0 : 1, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(HEADER_BYTES, end);
  if (data === undefined) return Buffer.concat([header, question]);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc000 + HEADER_BYTES, 0);
  question.copy(record, 2, question.length - 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([header, question, record, data]);
}
