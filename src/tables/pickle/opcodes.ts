/** Instructions of pickles, protocols 0 to 5 (Python's `pickletools` describes each): what follows each, and what it does. */
import { Malformed } from '../refusal.js';
import { invalid, type PickleMachine } from './machine.js';
import { PickleDict } from './values.js';

/** What follows an instruction: so many bytes, a line of text, or a length of so many bytes and then as many. */
export type Argument = number | 'line' | { readonly lengthBytes: 1 | 4 | 8 };

export interface Instruction {
  readonly argument: Argument;
  /** @param argument the bytes, without line end or length */
  readonly run: (machine: PickleMachine, argument: Buffer) => void;
}

const [SHORT, LONG, LONGEST]: Argument[] = [{ lengthBytes: 1 }, { lengthBytes: 4 }, { lengthBytes: 8 }];

function text(machine: PickleMachine, bytes: Buffer): void {
  machine.pushText(bytes.toString('utf8'));
}

/** Text of Python 2, where it is plain; else the bytes, which no table needs. */
function oldText(machine: PickleMachine, bytes: Buffer): void {
  machine.pushText(bytes.toString('latin1'));
}

/** A copy: the chunk that it came in is not kept alive for it. */
function bytes(machine: PickleMachine, content: Buffer): void {
  machine.push(Uint8Array.from(content));
}

/** Little-endian two's complement of any length. */
function integer(machine: PickleMachine, content: Buffer): void {
  if (content.length > 64) throw invalid(`a number of ${content.length} bytes`);
  const digits = Buffer.from(content).reverse().toString('hex');
  machine.push(plain(content.length === 0 ? 0n : BigInt.asIntN(content.length * 8, BigInt(`0x${digits}`))));
}

function plain(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** `I01` and `I00` are True and False. */
function integerLine(machine: PickleMachine, line: Buffer): void {
  const written = line.toString('latin1').replace(/L$/, '');
  if (!/^-?\d{1,100}$/.test(written)) throw invalid('a number that is none');
  machine.push(written === '01' || written === '00' ? written === '01' : plain(BigInt(written)));
}

function floatLine(machine: PickleMachine, line: Buffer): void {
  const written = line.toString('latin1');
  const named = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }[written];
  if (named === undefined && !/^-?[\d.]+(e[-+]?\d+)?$/.test(written)) throw invalid('a number that is none');
  machine.push(named ?? Number(written));
}

/** A string in Python's quotes. */
function quotedLine(machine: PickleMachine, line: Buffer): void {
  const [, , inner] = /^(['"])(.*)\1$/s.exec(line.toString('latin1')) ?? [];
  if (inner === undefined) throw invalid('a text without quotes');
  const unescaped = inner.replace(/\\(?:x([\da-f]{2})|(.))/gs, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  machine.pushText(unescaped);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Latin-1 with \\uXXXX and \\UXXXXXXXX. */
function unicodeLine(machine: PickleMachine, line: Buffer): void {
  const escaped = line.toString('latin1');
  machine.pushText(
    escaped.replace(/\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g, (_, four: string | undefined, eight: string) =>
      codePoint(Number.parseInt(four ?? eight, 16)),
    ),
  );
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw invalid('a character that is none');
  return String.fromCodePoint(code);
}

function tuple(length: number): Instruction['run'] {
  return (machine) => {
    const items = Array.from({ length }, () => machine.pop());
    machine.push(items.reverse());
  };
}

/** Instructions that would reach beyond plain data, and what each is for. */
function refused(what: string): Instruction['run'] {
  return () => {
    throw new Malformed('hold plain containers and numbers only', what);
  };
}

function markedDictionary(machine: PickleMachine): void {
  const items = machine.popMark();
  machine.push(new PickleDict());
  machine.setItems(items);
}

function classLines(machine: PickleMachine, lines: Buffer): void {
  const [module, name] = lines.toString('utf8').split('\n');
  machine.pushClass(module, name);
}

function classOnStack(machine: PickleMachine): void {
  const name = machine.pop();
  machine.pushClass(machine.pop(), name);
}

function item(machine: PickleMachine): void {
  const value = machine.pop();
  machine.setItems([machine.pop(), value]);
}

function protocol(_: PickleMachine, version: Buffer): void {
  if (version[0] > 5) throw new Malformed('hold a pickle of protocol 0 to 5', `protocol ${version[0]}`);
}

function lineNumber(line: Buffer): number {
  const written = line.toString('latin1');
  return /^\d{1,15}$/.test(written) ? Number(written) : -1;
}

type Row = readonly [code: number | string, argument: Argument, run: Instruction['run']];

const NUMBERS: readonly Row[] = [
  ['N', 0, (machine) => machine.push(null)],
  [0x88, 0, (machine) => machine.push(true)],
  [0x89, 0, (machine) => machine.push(false)],
  ['I', 'line', integerLine],
  ['L', 'line', integerLine],
  ['F', 'line', floatLine],
  ['J', 4, (machine, bytes) => machine.push(bytes.readInt32LE())],
  ['K', 1, (machine, bytes) => machine.push(bytes[0])],
  ['M', 2, (machine, bytes) => machine.push(bytes.readUInt16LE())],
  ['G', 8, (machine, bytes) => machine.push(bytes.readDoubleBE())],
  [0x8a, SHORT, integer],
  [0x8b, LONG, integer],
];

const TEXTS: readonly Row[] = [
  ['S', 'line', quotedLine],
  ['V', 'line', unicodeLine],
  ['T', LONG, oldText],
  ['U', SHORT, oldText],
  ['X', LONG, text],
  [0x8c, SHORT, text],
  [0x8d, LONGEST, text],
  ['B', LONG, bytes],
  ['C', SHORT, bytes],
  [0x8e, LONGEST, bytes],
  [0x96, LONGEST, bytes],
];

const CONTAINERS: readonly Row[] = [
  [']', 0, (machine) => machine.push([])],
  ['l', 0, (machine) => machine.push(machine.popMark())],
  ['a', 0, (machine) => machine.append([machine.pop()])],
  ['e', 0, (machine) => machine.append(machine.popMark())],
  ['t', 0, (machine) => machine.push(machine.popMark())],
  [')', 0, tuple(0)],
  [0x85, 0, tuple(1)],
  [0x86, 0, tuple(2)],
  [0x87, 0, tuple(3)],
  ['}', 0, (machine) => machine.push(new PickleDict())],
  ['d', 0, markedDictionary],
  ['s', 0, item],
  ['u', 0, (machine) => machine.setItems(machine.popMark())],
  [0x8f, 0, (machine) => machine.push([])],
  [0x90, 0, (machine) => machine.append(machine.popMark())],
  [0x91, 0, (machine) => machine.push(machine.popMark())],
];

const MACHINERY: readonly Row[] = [
  [0x80, 1, protocol],
  [0x95, 8, () => {}],
  ['(', 0, (machine) => machine.mark()],
  ['.', 0, (machine) => machine.stop()],
  ['0', 0, (machine) => machine.discard()],
  ['1', 0, (machine) => machine.popMark()],
  ['2', 0, (machine) => machine.push(machine.top())],
  ['p', 'line', (machine, line) => machine.remember(lineNumber(line))],
  ['q', 1, (machine, bytes) => machine.remember(bytes[0])],
  ['r', 4, (machine, bytes) => machine.remember(bytes.readUInt32LE())],
  [0x94, 0, (machine) => machine.rememberNext()],
  ['g', 'line', (machine, line) => machine.recall(lineNumber(line))],
  ['h', 1, (machine, bytes) => machine.recall(bytes[0])],
  ['j', 4, (machine, bytes) => machine.recall(bytes.readUInt32LE())],
];

const CLASSES: readonly Row[] = [
  ['c', 'line', classLines],
  [0x93, 0, classOnStack],
  ['R', 0, (machine) => machine.reduce()],
  [0x81, 0, (machine) => machine.reduce()],
  ['b', 0, (machine) => machine.build()],
  ['i', 'line', refused('an object')],
  ['o', 0, refused('an object')],
  [0x92, 0, refused('an object')],
  ['P', 'line', refused('a reference to something outside, as weights of networks are')],
  ['Q', 0, refused('a reference to something outside, as weights of networks are')],
  [0x82, 1, refused('a registered extension')],
  [0x83, 2, refused('a registered extension')],
  [0x84, 4, refused('a registered extension')],
  [0x97, 0, refused('a buffer outside')],
  [0x98, 0, refused('a buffer outside')],
];

/** By code; undefined where there is no such instruction. */
export const INSTRUCTIONS: readonly (Instruction | undefined)[] = tabulated([
  ...NUMBERS,
  ...TEXTS,
  ...CONTAINERS,
  ...MACHINERY,
  ...CLASSES,
]);

function tabulated(rows: readonly Row[]): (Instruction | undefined)[] {
  const instructions = new Array<Instruction | undefined>(256).fill(undefined);
  for (const [code, argument, run] of rows) {
    instructions[typeof code === 'string' ? code.charCodeAt(0) : code] = { argument, run };
  }
  return instructions;
}
