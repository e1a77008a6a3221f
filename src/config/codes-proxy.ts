// Diagnostics of services before or behind a proxy: XC260 – XC279. Pure table.

const CHECK = { severity: 'error', hasPlace: false, func: 'check_entry', reload: 'reject' } as const;
const LEFT_OUT = 'The service is left out.';

export const PROXY_CODES = {
  XC260: {
    ...CHECK,
    text: 'service %s tells nobody who calls: proxy_protocol needs redirect',
    log: 'Service %s: proxy_protocol without redirect - DISABLING',
    explanation: LEFT_OUT,
    fix: 'Add redirect, or remove proxy_protocol. A server that the daemon starts finds the caller in REMOTE_HOST.',
  },
  XC261: {
    ...CHECK,
    text: 'the connections of service %s are not accepted by the daemon, so proxy_from cannot act',
    log: 'Service %s: proxy_from needs a stream socket and wait = no - DISABLING',
    explanation: LEFT_OUT,
    fix: 'Use it with socket_type = stream and wait = no, or remove it.',
  },
  XC262: {
    ...CHECK,
    text: 'service %s has no port of its own: its callers come through tcpmux',
    log: 'Service %s: proxy_from with a TCPMUX type - DISABLING',
    explanation: LEFT_OUT,
    fix: 'Set proxy_from for the service tcpmux.',
  },
  XC263: {
    ...CHECK,
    text: 'service %s cannot identify callers that come through a proxy',
    log: 'Service %s: IDONLY with proxy_from - DISABLING',
    explanation: `The ident server of a caller knows its connection to the proxy, not the one to this machine, so that nobody could
be let in. ${LEFT_OUT}`,
    fix: 'Remove IDONLY or proxy_from.',
  },
  XC264: {
    ...CHECK,
    severity: 'warning',
    reload: 'allow',
    text: 'service %s cannot ask who its callers are: they come through a proxy',
    log: 'Service %s: flag USERID is ignored with proxy_from',
    explanation:
      'The ident server of a caller knows its connection to the proxy, not the one to this machine. The flag is taken away.',
    fix: 'Remove USERID.',
  },
  XC265: {
    ...CHECK,
    severity: 'warning',
    reload: 'allow',
    text: 'anybody may claim any address to service %s',
    log: 'Service %s: proxy_from trusts everybody',
    explanation:
      'A network of all addresses stands in proxy_from, so that every caller is believed to be whoever it says.',
    fix: 'Name the proxies.',
  },
} as const;
