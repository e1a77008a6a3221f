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
} as const;
