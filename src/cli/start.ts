// What the command runs first; see program.ts.

import { loadProgram } from './program.ts';

loadProgram(__dirname).run();
