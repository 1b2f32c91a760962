/**
 * Pickles as data, while they arrive: published tables unpack to gigabytes, so nothing asks for the whole of one.
 * Nothing in a pickle is ever run; see classes.ts for the only names that it may hold.
 */

import type { Chunks } from '../chunks.js';
import { Malformed } from '../refusal.js';
import { type ItemHook, invalid, PickleMachine } from './machine.js';
import { type Argument, INSTRUCTIONS } from './opcodes.js';

/** The longest text or number that is read; those of published tables have some hundred bytes. */
const LONGEST_ARGUMENT = 1 << 24;
const GLOBAL = 'c'.charCodeAt(0);
const LINE_FEED = 10;

export interface PickleOptions {
  /** Pickles that follow one another, each with a memo of its own. Default 1. */
  readonly count?: number;
  /** Default: every value is taken as it comes. */
  readonly hook?: ItemHook;
}

/**
 * The values of the pickles at the start of the content.
 * @throws Malformed where the content ends too early, is no valid pickle, or holds anything but plain data
 */
export async function readPickles(
  chunks: Chunks,
  { count = 1, hook = (_, value) => value }: PickleOptions = {},
): Promise<unknown[]> {
  const values: unknown[] = [];
  let machine = new PickleMachine(hook);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    // What follows the last pickle is passed over, but read: its checksums and its end count.
    if (values.length === count) continue;
    rest = rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    let start = 0;
    while (values.length < count) {
      start = advance(machine, rest, start);
      if (!machine.result) break;
      values.push(machine.result.value);
      machine = new PickleMachine(hook);
    }
    rest = rest.subarray(start);
  }
  if (values.length < count) throw new Malformed('hold a whole pickle', 'one that ends too early');
  return values;
}

/** Runs all instructions that are wholly there, up to STOP; returns where the next begins. */
function advance(machine: PickleMachine, bytes: Buffer, from: number): number {
  let start = from;
  while (start < bytes.length && !machine.result) {
    const code = bytes[start];
    const instruction = INSTRUCTIONS[code];
    if (!instruction) throw invalid(`the unknown instruction ${code}`);
    const { argument, run } = instruction;
    const begin = start + 1 + (typeof argument === 'object' ? argument.lengthBytes : 0);
    const end = argumentEnd(bytes, start + 1, argument, code);
    if (end < 0) return start;
    run(machine, end === begin ? EMPTY : bytes.subarray(begin, end));
    start = argument === 'line' ? end + 1 : end;
  }
  return start;
}

const EMPTY = Buffer.alloc(0);

/** Where the argument ends, a line's feed excluded; −1 where it has not come yet. */
function argumentEnd(bytes: Buffer, at: number, argument: Argument, code: number): number {
  const end = expectedEnd(bytes, at, argument, code);
  if (end < 0 ? bytes.length - at > LONGEST_ARGUMENT : end - at > LONGEST_ARGUMENT) {
    throw invalid('a text or number of absurd length');
  }
  return end > bytes.length ? -1 : end;
}

function expectedEnd(bytes: Buffer, at: number, argument: Argument, code: number): number {
  if (typeof argument === 'number') return at + argument;
  if (argument === 'line') {
    const end = bytes.indexOf(LINE_FEED, at);
    // A class is two lines: its module and its name.
    return code === GLOBAL && end >= 0 ? bytes.indexOf(LINE_FEED, end + 1) : end;
  }
  const { lengthBytes } = argument;
  if (at + lengthBytes > bytes.length) return -1;
  const length = lengthBytes === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, lengthBytes);
  return at + lengthBytes + length;
}
