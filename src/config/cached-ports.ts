// The world as one load sees it: names, users and files are looked up once each. Pure.
// A thousand services of one user then cost one look-up, and no two of them see different answers.

import type { ConfigPorts } from './ports.ts';

/** Boxed, because `undefined` is an answer as well. */
type Answers<Value> = Map<string, { readonly value: Value }>;

/** Ports whose look-ups remember their answers; made anew for every load. */
export function cachedPorts(ports: ConfigPorts): ConfigPorts {
  const services: Answers<ReturnType<ConfigPorts['lookupService']>> = new Map();
  let names: readonly string[] | undefined;
  return {
    ...ports,
    stat: remember(ports.stat),
    lookupService: (name, protocol) =>
      answer(services, `${name}/${protocol}`, () => ports.lookupService(name, protocol)),
    serviceNames: () => (names ??= ports.serviceNames()),
    lookupProtocol: remember(ports.lookupProtocol),
    lookupRpc: remember(ports.lookupRpc),
    lookupNetwork: remember(ports.lookupNetwork),
    lookupHosts: remember(ports.lookupHosts),
    lookupUser: remember(ports.lookupUser),
    lookupGroup: remember(ports.lookupGroup),
  };
}

function remember<Value>(lookUp: (key: string) => Value): (key: string) => Value {
  const known: Answers<Value> = new Map();
  return (key) => answer(known, key, () => lookUp(key));
}

function answer<Value>(known: Answers<Value>, key: string, ask: () => Value): Value {
  const before = known.get(key);
  if (before !== undefined) return before.value;
  const value = ask();
  known.set(key, { value });
  return value;
}
