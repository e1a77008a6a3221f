// Asking the identity server (RFC 1413) of a peer who is at the other end of a connection: one question, one line, a
// bounded time, on the event loop. Shell without judgement: nothing is logged here, every failure is an answer.

import { describeErrno } from '../native/binding.ts';
import { identAnswer, identCutOff, identQuestion } from './ident-reply.ts';
import type { IdentAnswer, IdentPorts } from './ident-reply.ts';

/** Whom to ask about what. */
export interface IdentQuestion {
  /** The connection's own address: the server answers nobody else. */
  readonly localAddress: string;
  readonly peerAddress: string;
  readonly ports: IdentPorts;
  /** For the whole exchange. */
  readonly limitMs: number;
  /** Of the identity server; 113 unless given. */
  readonly port?: number;
}

const IDENT_PORT = 113;
/** No descriptor, or no memory for one. */
const SHORTAGES = ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS'];

/** Asks; never rejects. */
export async function askIdent(question: IdentQuestion): Promise<IdentAnswer> {
  const { connect } = await import('node:net');
  const { localAddress, peerAddress: host, ports, limitMs, port = IDENT_PORT } = question;
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host, port, localAddress });
    const finish = (answer: IdentAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish({ kind: 'unknown', result: 'timeout' }), limitMs);
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(identQuestion(ports)));
    socket.on('data', (text: string) => {
      received += text;
      const answer = identAnswer(received, ports);
      if (answer !== undefined) finish(answer);
    });
    socket.on('end', () => finish(identCutOff()));
    socket.on('error', (error) => finish(failureOf(error)));
  });
}

function failureOf(error: NodeJS.ErrnoException): IdentAnswer {
  const { code = '', syscall = '', errno = 0 } = error;
  const reason = describeErrno(Math.abs(errno));
  if (SHORTAGES.includes(code)) return troubled('system error', `socket creation: ${reason}`);
  if (syscall === 'bind') return troubled('system error', `socket bind: ${reason}`);
  if (syscall === 'connect') return { kind: 'unknown', result: 'no server' };
  return troubled('error while receiving response', `read: ${reason}`);
}

function troubled(result: 'system error' | 'error while receiving response', text: string): IdentAnswer {
  return { kind: 'unknown', result, trouble: { kind: 'message', text } };
}
