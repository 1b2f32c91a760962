/** `nascent show`: a run or an architecture. */
import type { Command } from 'commander';
import type { Terminal } from '../terminal.js';
import { addShowArchitecture } from './show-architecture.js';
import { addShowRun } from './show-run.js';

export function addShow(program: Command, terminal: Terminal): void {
  const show = program.command('show').description('show a run or an architecture');
  addShowRun(show, terminal);
  addShowArchitecture(show, terminal);
}
