/** Pickles that CPython wrote are read as it would read them; whatever is no plain data, or no whole pickle, is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import { readPickles } from '../../../src/tables/pickle/read.js';
import { PickleDict } from '../../../src/tables/pickle/values.js';
import { Malformed } from '../../../src/tables/refusal.js';
import { made } from './files.js';

interface Recorded {
  readonly good: readonly { readonly protocol: number; readonly hex: string; readonly value: unknown }[];
  readonly bad: readonly { readonly name: string; readonly names: string; readonly hex: string }[];
}

const { good, bad }: Recorded = JSON.parse(readFileSync(made('pickles.json'), 'utf8'));

async function read(bytes: Uint8Array, chunk = bytes.length || 1): Promise<unknown> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return (await readPickles(chunks()))[0];
}

async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    return `read as ${JSON.stringify(plain(await read(bytes)))}`;
  } catch (thrown) {
    if (thrown instanceof Malformed) return thrown.message;
    throw thrown;
  }
}

/** As `plain` of make-tables.py, but for sets, which are arrays here. */
function plain(value: unknown): unknown {
  if (value instanceof PickleDict)
    return { dict: value.keys().map((key, i) => [plain(key), plain(value.values()[i])]) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return { int: String(value) };
  return Array.isArray(value) ? value.map(plain) : value;
}

function isSet(value: unknown): value is { readonly set: readonly number[] } {
  return typeof value === 'object' && value !== null && 'set' in value;
}

describe('what CPython wrote', () => {
  test.each([0, 1, 2, 3, 4, 5])('protocol %i', async (protocol) => {
    const ofProtocol = good.filter((each) => each.protocol === protocol);
    expect(ofProtocol.length).toBeGreaterThan(40);
    for (const { hex, value } of ofProtocol) {
      const bytes = Buffer.from(hex, 'hex');
      // Cut between any two bytes, and whole.
      for (const chunk of bytes.length > 500 ? [4096] : [1, 7, bytes.length]) {
        const got = plain(await read(bytes, chunk));
        if (isSet(value)) expect((got as number[]).toSorted()).toEqual(value.set);
        else expect(got).toEqual(value);
      }
    }
  });

  test('values that are one in Python are one', async () => {
    // ['twice'] under two references.
    const bytes = Buffer.from('80025d7100285d7101550574776963657102616801652e', 'hex');
    const value = (await read(bytes)) as unknown[];
    expect(value).toEqual([['twice'], ['twice']]);
    expect(value[0]).toBe(value[1]);
  });
});

describe('refusals', () => {
  test.each(bad.map(({ name, names, hex }) => [name, names, hex] as const))('%s', async (_, names, hex) => {
    const sentence = await refusalOf(Buffer.from(hex, 'hex'));
    expect(sentence).toMatch(/plain containers and numbers only, got (the class|an object)/);
    if (sentence.includes('the class') && !/copy_?reg|_reconstructor/.test(sentence)) expect(sentence).toContain(names);
  });

  test('every beginning of a pickle', async () => {
    for (const { hex } of good.filter((each) => each.hex.length < 300)) {
      const bytes = Buffer.from(hex, 'hex');
      for (let length = 0; length < bytes.length; length++) {
        expect(await refusalOf(bytes.subarray(0, length))).toMatch(/a whole pickle, got one that ends too early/);
      }
    }
  });

  const crafted: readonly (readonly [string, string, RegExp])[] = [
    ['a text of 2^31 bytes', '800458000000802e', /a text or number of absurd length/],
    ['a text of 2^63 bytes', '80048d00000000000000802e', /a text or number of absurd length/],
    ['a number of 2^24 bytes', `80028b00000001${'00'.repeat(20)}`, /absurd length|ends too early/],
    ['a memo entry far out', '80024e72ffffff7f2e', /memo entry 2147483647/],
    ['a memo entry before it', '80044e71012e', /memo entry 1/],
    ['a memo entry never set', '800268052e', /memo entry 5, which was never set/],
    ['a value that is not there', '80022e', /a value missing/],
    ['a mark that is not there', '8002752e', /a mark missing/],
    ['values left over', '80024e4e2e', /values left over/],
    ['items of no dictionary', '80024e4e4e732e', /items of no dictionary/],
    ['an odd number of items', '80027d284e752e', /items of no dictionary/],
    ['a protocol of the future', '80064e2e', /protocol 6/],
    ['an unknown instruction', '8004ff2e', /unknown instruction 255/],
    ['an extension', '800282012e', /a registered extension/],
    ['a reference to something outside', '80024e512e', /something outside/],
    ['a call of no class', '80024e85522e', /a call of no class|a value missing/],
    ['state for a list', '80025d4e622e', /state for a plain value/],
    ['numpy objects', `8002636e756d70790a64747970650a55024f3885522e`, /numpy numbers of type O8/],
  ];
  test.each(crafted)('%s', async (_, hex, reason) => {
    expect(await refusalOf(Buffer.from(hex, 'hex'))).toMatch(reason);
  });

  test('millions of open values from a few bytes are not', async () => {
    expect(await refusalOf(Buffer.alloc(1 << 23, '('))).toMatch(/too many open values/);
    expect(await refusalOf(Buffer.alloc(1 << 23, 'N'))).toMatch(/too many open values/);
  });

  test('a container that holds itself, or a name for 2^50 values, is no trouble', async () => {
    const self = (await read(Buffer.from('80025d71006800612e', 'hex'))) as unknown[];
    expect(self[0]).toBe(self);
    // Each of 50 lists holds the one before twice.
    const steps = Array.from({ length: 50 }, (_, i) => [0x30, 0x5d, 0x71, i + 1, 0x68, i, 0x61, 0x68, i, 0x61]);
    const doubling = (await read(Buffer.from([0x80, 2, 0x5d, 0x71, 0, ...steps.flat(), 0x2e]))) as unknown[];
    expect(doubling[0]).toBe(doubling[1]);
  });

  test('bytes at random, and good pickles with one byte changed, are read or refused', async () => {
    const draw = random(1);
    for (let i = 0; i < 3000; i++) {
      const bytes = Buffer.from(good[draw.integer(good.length)].hex.slice(0, 400), 'hex');
      bytes[draw.integer(bytes.length)] = draw.integer(256);
      await refusalOf(bytes);
    }
  });
});
