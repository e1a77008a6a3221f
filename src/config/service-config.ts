// The value of every attribute of a finished service. The type is inferred from the rows of `attributes/`. Pure.

export type { ServiceConfig } from './attributes/index.ts';
