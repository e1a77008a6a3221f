// Diagnostics of the table of services as a whole: XC250 – XC259. Pure table.

const CHECK = { severity: 'error', hasPlace: false, reload: 'reject' } as const;

export const TABLE_CODES = {
  XC250: {
    ...CHECK,
    severity: 'debug',
    reload: 'allow',
    func: 'remove_disabled_services',
    log: 'removing %s',
    text: false,
    explanation: 'The service is left out: it is not in enabled, or has an error.',
    fix: 'Nothing, if that is meant.',
  },
  XC251: {
    ...CHECK,
    severity: 'warning',
    reload: 'allow',
    func: 'remove_disabled_services',
    text: 'no service has the id "%s"',
    explanation: 'No service has this id.',
    fix: 'Use the id of a service; without the attribute id it is its name.',
  },
} as const;
