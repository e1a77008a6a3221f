// Rows that only the defaults block knows: enabled, disabled. Pure.

import { ANY_OPERATOR, attribute } from './row.ts';
import { readWords, wordList, writeWords } from './words.ts';

const byId = wordList((id) => id.toLowerCase());

export const enabled = attribute({
  name: 'enabled',
  scope: 'defaults',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readWords,
  list: byId,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  write: writeWords,
  since: '2.1.8.9pre9',
  syntax: 'ID ...',
  otherwise: 'all services',
  actsIn: 'config/table.ts',
  summary: 'The only services to be started, by id.',
  manual: `Every other service is left out. A service with "disable = yes" or with an error in it is not brought back. A name
that is no id is passed over.`,
});

export const disabled = attribute({
  name: 'disabled',
  scope: 'defaults',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readWords,
  list: byId,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  write: writeWords,
  since: '2.1',
  syntax: 'ID ...',
  otherwise: 'none',
  actsIn: 'config/table.ts',
  summary: 'Services to be left out, by id.',
  manual: `Stronger than enabled. "-=" takes an id from the list again.`,
});
