/** The command line as a whole. Declaring a command loads nothing but its declaration. */
import { Command } from 'commander';
import { packageVersion } from '../base/version.js';
import { addCorrelate } from './commands/correlate.js';
import { addDoctor } from './commands/doctor.js';
import { addExport } from './commands/export.js';
import { addResume } from './commands/resume.js';
import { addRuns } from './commands/runs.js';
import { addSample } from './commands/sample.js';
import { addScore } from './commands/score.js';
import { addSearch } from './commands/search.js';
import { addShow } from './commands/show.js';
import { addStudy } from './commands/study.js';
import { addTable } from './commands/table.js';
import { addTrain } from './commands/train.js';
import { addWatch } from './commands/watch.js';
import { commandOf, reportFailure } from './failures.js';
import type { Terminal } from './terminal.js';

const DESCRIPTION = `Finds good neural architectures before they are trained: samples them, scores them untrained,
trains the best, keeps everything in one SQLite ledger, and exports the winner.`;

const HELP = `
Settings come from flags, then from the environment (NASCENT_EPOCHS for --epochs), then from nascent.config.ts, .js
or .json in this folder, then from defaults.
Results go to standard output, all else to standard error. Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.

Examples:
  nascent search                                     a whole search on a built-in data set
  nascent search --data cifar10:cifar-10-batches-bin the same on CIFAR-10
  nascent runs                                       what the ledger holds
  nascent watch                                      look on at a search that runs elsewhere
  nascent show run 4f2a                              the story of a run
  nascent doctor                                     what this machine has and lacks
`;

/** Runs one command line and returns its exit code; never throws. */
export async function runCommandLine(terminal: Terminal, words: readonly string[]): Promise<number> {
  const program = programFor(terminal);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (thrown) {
    return reportFailure(thrown, terminal, commandOf(program, words));
  }
}

function programFor(terminal: Terminal): Command {
  const program = new Command('nascent')
    .description(DESCRIPTION)
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      // The sentence is written where the exit code is decided.
      outputError: () => {},
    });
  addSearch(program, terminal);
  addSample(program, terminal);
  addScore(program, terminal);
  addTrain(program, terminal);
  addExport(program, terminal);
  addRuns(program, terminal);
  addShow(program, terminal);
  addWatch(program, terminal);
  addResume(program, terminal);
  addTable(program, terminal);
  addStudy(program, terminal);
  addCorrelate(program, terminal);
  addDoctor(program, terminal);
  return program;
}
