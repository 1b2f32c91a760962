#!/usr/bin/env node
/** The command `nascent`. */
import { runCommandLine } from './program.js';
import { refuseSilentEnd } from './silent-end.js';
import { processTerminal } from './terminal.js';

const settled = refuseSilentEnd();
process.exitCode = await runCommandLine(processTerminal(), process.argv.slice(2));
settled();
