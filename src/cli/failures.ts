/** What a failed command says and the exit code it ends with: one sentence on stderr, no stack. */
import type { Command, CommanderError } from 'commander';
import { messageOf, NascentError } from '../base/errors.js';
import { nearestName, unknownName } from '../base/names.js';
import type { Terminal } from './terminal.js';

export const INTERRUPTED = 130;

/** How a stopped command ends: without a reader nothing is amiss, as with any command before `head`. */
export function endingOf({ unread }: Terminal): Ending {
  return new Ending(unread.aborted ? 0 : INTERRUPTED);
}

/** Ends a command whose message has been written already. */
export class Ending extends Error {
  constructor(readonly exitCode: number) {
    super(`ending with exit code ${exitCode}`);
  }
}

/** Writes what there is to say of `thrown` and returns the exit code. `command` is the one that was asked for. */
export function reportFailure(thrown: unknown, terminal: Terminal, command: Command): number {
  if (thrown instanceof Ending) return thrown.exitCode;
  if (isCommanderError(thrown)) return reportUsage(thrown, terminal, command);
  terminal.stderr.write(`nascent: ${oneLine(messageOf(thrown))}\n`);
  const details = Boolean(terminal.environment.NASCENT_DEBUG);
  if (details && thrown instanceof Error) terminal.stderr.write(`${thrown.stack}\n`);
  if (thrown instanceof NascentError) return thrown.exitCode;
  if (!details) terminal.stderr.write('nascent: This was not foreseen; NASCENT_DEBUG=1 shows where it happened.\n');
  return 1;
}

/** Help and version are no failures, but commander ends them the same way. */
function reportUsage(error: CommanderError, terminal: Terminal, command: Command): number {
  if (error.exitCode === 0) return 0;
  // `commander.help`: the help text was written in place of a command that was not given.
  if (error.code !== 'commander.help') terminal.stderr.write(`nascent: ${usageSentence(error, command)}\n`);
  return 2;
}

function isCommanderError(thrown: unknown): thrown is CommanderError {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('commander.');
}

function usageSentence({ code, message }: CommanderError, command: Command): string {
  const full = JSON.stringify(fullName(command));
  const [, named = ''] = /'([^']*)'/.exec(message) ?? [];
  switch (code) {
    case 'commander.unknownOption': {
      const known = [...command.options.flatMap(({ long }) => long ?? []), '--help'];
      const near = nearestName(named, known);
      const hint = near === undefined ? `"${fullName(command)} --help" lists them.` : `Did you mean "${near}"?`;
      return `Expected an option of ${full}, got ${JSON.stringify(named)}. ${hint}`;
    }
    case 'commander.unknownCommand': {
      const known = command.commands.map((each) => each.name());
      return unknownName('the command', named, known).message;
    }
    case 'commander.missingArgument':
      return `Expected ${full} to get the argument ${named}, got nothing.`;
    case 'commander.optionMissingArgument':
      return `Expected a value after ${JSON.stringify(named)}, got nothing.`;
    case 'commander.excessArguments': {
      const known = command.registeredArguments.length;
      const most = known === 0 ? 'no arguments' : `at most ${known} argument${known === 1 ? '' : 's'}`;
      return `Expected ${full} to get ${most}, got ${command.args.map((word) => JSON.stringify(word)).join(', ')}.`;
    }
    default:
      return oneLine(message.replace(/^error: /, ''));
  }
}

/** `nascent show run` */
function fullName(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name());
  return names.join(' ');
}

/** The deepest command that the words name: the one that refused the rest of them. */
export function commandOf(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next) command = next;
    else if (!word.startsWith('-')) break;
  }
  return command;
}

function oneLine(message: string): string {
  return message.split(/\s*\n\s*/)[0].trim();
}
