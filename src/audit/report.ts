// How a log says that it is in trouble itself: through the daemon's own messages. Pure type.

import type { Severity } from '../config/diagnostic.ts';

/** Hands a message to the daemon's log; `func` is the word that `-d` lines show in braces. */
export type Report = (level: Severity, func: string, text: string) => void;
