// Where finished lines can go: syslog and the journal, standard output and standard error, files. What is shared by services
// is made when the first of them asks for it.

import type { LogTarget } from '../config/attributes/values.ts';
import type { Service } from '../config/service.ts';
import type { DatagramPort } from './datagram-channel.ts';
import { sinkTrouble } from './file-log.ts';
import type { FileLogPorts } from './file-log.ts';
import { JOURNAL_PATH, JournalChannel } from './journal.ts';
import { BufferedSink } from './line-sink.ts';
import type { LineSink } from './line-sink.ts';
import { OpenFiles } from './open-files.ts';
import type { Outlet } from './open-files.ts';
import type { Report } from './report.ts';
import { StreamWriter } from './stream-writer.ts';
import type { OutputStream } from './stream-writer.ts';
import type { SyslogChannel } from './syslog.ts';

type StandardStream = OutputStream & { readonly fd: number };

/** What they need of the world. */
export interface OutletPorts extends FileLogPorts {
  readonly syslog: SyslogChannel;
  /** For the journal. */
  readonly datagrams: DatagramPort;
  readonly journalPath?: string;
  readonly stdout: StandardStream;
  readonly stderr: StandardStream;
  /** The program's name. */
  readonly tag: string;
  /** Wall clock. */
  readonly nowMs: () => number;
}

/** All places together. */
export class Outlets {
  readonly files: OpenFiles;
  readonly #ports: OutletPorts;
  readonly #stdout: Lazy<BufferedSink>;
  readonly #stderr: Lazy<BufferedSink>;
  readonly #journal: Lazy<JournalChannel>;

  constructor(ports: OutletPorts) {
    const { report } = ports;
    this.#ports = ports;
    this.files = new OpenFiles(ports);
    this.#stdout = lazily(() => streamSink('stdout', ports.stdout, report));
    this.#stderr = lazily(() => streamSink('stderr', ports.stderr, report));
    this.#journal = lazily(() => openJournal(ports));
  }

  /** All that may hold something back. */
  get all(): readonly Pick<LineSink, 'drain' | 'flushSync'>[] {
    const streams = [...this.#stdout.made, ...this.#stderr.made];
    return [...this.files.all, ...streams, ...this.#journal.made, this.#ports.syslog];
  }

  get journal(): JournalChannel {
    return this.#journal.get();
  }

  to(service: Service, target: Exclude<LogTarget, { kind: 'journal' }>): Outlet {
    switch (target.kind) {
      case 'syslog':
        return this.#ports.syslog.sink(target.facility, target.level);
      case 'file': {
        const stream = STREAM_PATHS.get(target.path);
        return stream === undefined ? this.files.hold(service, target) : this.#stream(stream);
      }
      case 'stdout':
      case 'stderr':
        return this.#stream(target.kind);
    }
  }

  #stream(name: 'stdout' | 'stderr'): Outlet {
    return shared(name === 'stdout' ? this.#stdout.get() : this.#stderr.get());
  }
}

/** Links to the standard streams, as containers use them. */
const STREAM_PATHS: ReadonlyMap<string, 'stdout' | 'stderr'> = new Map([
  ['/dev/stdout', 'stdout'],
  ['/dev/fd/1', 'stdout'],
  ['/proc/self/fd/1', 'stdout'],
  ['/dev/stderr', 'stderr'],
  ['/dev/fd/2', 'stderr'],
  ['/proc/self/fd/2', 'stderr'],
]);

/** A sink that stays open for the others. */
function shared(sink: BufferedSink): Outlet {
  return { write: (line) => sink.write(line), close: () => undefined };
}

function streamSink(name: string, stream: StandardStream, report: Report): BufferedSink {
  return new BufferedSink(new StreamWriter(stream, stream.fd), sinkTrouble(name, report));
}

function openJournal({ datagrams, journalPath = JOURNAL_PATH, nowMs, report, tag }: OutletPorts): JournalChannel {
  const onDropped = (entries: number): void => report('warning', 'log_write', `${entries} journal entries were lost`);
  return new JournalChannel(tag, { port: datagrams, path: journalPath, nowMs, onDropped });
}

/** A thing made when first needed; `made` holds it from then on. */
interface Lazy<Thing> {
  readonly get: () => Thing;
  readonly made: readonly Thing[];
}

function lazily<Thing>(make: () => Thing): Lazy<Thing> {
  const made: Thing[] = [];
  return {
    made,
    get: () => {
      const thing = made[0] ?? make();
      if (made.length === 0) made.push(thing);
      return thing;
    },
  };
}
