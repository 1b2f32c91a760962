/**
 * The only names that a pickle may refer to: containers and numbers. A pickle is data, so a name is looked up here and nowhere
 * else, and nothing of it is run; what else a pickle could name is refused.
 */
import { Malformed } from '../refusal.js';
import { PickleDict } from './values.js';

/** A name in a pickle, and what comes of calling it. */
export class PickleClass {
  constructor(
    readonly name: string,
    readonly call: (args: readonly unknown[]) => unknown,
  ) {}
}

/** A numpy data type; its state says the byte order, which the name leaves open. */
export class NumpyType {
  littleEndian = true;

  constructor(readonly name: string) {}

  /** @param state (version, byte order, …) */
  setState(state: unknown): void {
    const order = Array.isArray(state) ? state[1] : undefined;
    if (!['<', '>', '|', '='].includes(order)) throw refusedCall('numpy.dtype');
    this.littleEndian = order !== '>';
  }
}

/**
 * The class of a name in a pickle.
 * @throws Malformed that names it, where it is none of the plain ones
 */
export function pickleClass(module: string, name: string): PickleClass {
  const full = `${module}.${name}`;
  const found = CLASSES.get(full);
  if (found) return found;
  throw new Malformed('hold plain containers and numbers only', `the class ${full.slice(0, 100)}`);
}

/** Sets and lists are arrays: how they differ matters to nobody who reads a table. */
function container(args: readonly unknown[]): unknown[] {
  const [items = []] = args;
  if (args.length > 1 || !Array.isArray(items)) throw refusedCall('a container');
  return [...items];
}

function dictionary(args: readonly unknown[]): PickleDict {
  const dict = new PickleDict();
  for (const pair of container(args)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw refusedCall('a dictionary');
    dict.add(pair[0], pair[1]);
  }
  return dict;
}

/** Protocols below 3 write bytes as text whose characters are the bytes. */
function encoded([text, coding]: readonly unknown[]): Uint8Array {
  if (typeof text !== 'string' || coding !== 'latin1') throw refusedCall('_codecs.encode');
  return Buffer.from(text, 'latin1');
}

function noBytes(args: readonly unknown[]): Uint8Array {
  if (args.length > 0) throw refusedCall('bytes');
  return new Uint8Array();
}

function numpyType([name]: readonly unknown[]): NumpyType {
  if (typeof name !== 'string' || !Object.hasOwn(NUMPY_READERS, name)) {
    throw new Malformed('hold plain numbers only', `numpy numbers of type ${String(name).slice(0, 20)}`);
  }
  return new NumpyType(name);
}

function numpyScalar([type, bytes]: readonly unknown[]): unknown {
  if (!(type instanceof NumpyType && bytes instanceof Uint8Array)) throw refusedCall('numpy scalar');
  if (bytes.length !== Number(type.name.slice(1))) throw refusedCall('numpy scalar');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return NUMPY_READERS[type.name](view, type.littleEndian);
}

const NUMPY_READERS: Readonly<Record<string, (view: DataView, little: boolean) => unknown>> = {
  f8: (view, little) => view.getFloat64(0, little),
  f4: (view, little) => view.getFloat32(0, little),
  i8: (view, little) => Number(view.getBigInt64(0, little)),
  i4: (view, little) => view.getInt32(0, little),
  i2: (view, little) => view.getInt16(0, little),
  i1: (view) => view.getInt8(0),
  u8: (view, little) => Number(view.getBigUint64(0, little)),
  u4: (view, little) => view.getUint32(0, little),
  u2: (view, little) => view.getUint16(0, little),
  u1: (view) => view.getUint8(0),
  b1: (view) => view.getUint8(0) !== 0,
};

function refusedCall(what: string): Malformed {
  return new Malformed('hold plain containers and numbers only', `${what} made from something else`);
}

/** Named as the factory of a `defaultdict` only: whatever is made, it is made by the pickle's later instructions. */
function unused(): never {
  throw refusedCall('a number or text');
}

const CALLS: readonly (readonly [string, PickleClass['call']])[] = [
  ['collections.OrderedDict', dictionary],
  ['collections.defaultdict', () => new PickleDict()],
  ['_codecs.encode', encoded],
  ['numpy.dtype', numpyType],
  ['numpy.core.multiarray.scalar', numpyScalar],
  ['numpy._core.multiarray.scalar', numpyScalar],
  // The module's name in Python 2, which protocols below 3 keep, and in Python 3.
  ...['builtins', '__builtin__'].flatMap((module): [string, PickleClass['call']][] => [
    [`${module}.set`, container],
    [`${module}.frozenset`, container],
    [`${module}.list`, container],
    [`${module}.dict`, dictionary],
    [`${module}.bytes`, noBytes],
    [`${module}.int`, unused],
    [`${module}.long`, unused],
    [`${module}.float`, unused],
  ]),
];

const CLASSES = new Map(CALLS.map(([name, call]) => [name, new PickleClass(name, call)]));
