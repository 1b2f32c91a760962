import { describe, expect, it } from 'vitest';
import { transNasBench101Macro } from '../../../search-spaces/transnas-bench-101-macro/index.js';
import { transNasBench101Micro } from '../../../search-spaces/transnas-bench-101-micro/index.js';
import type { EquivalenceView } from '../../../src/contracts/search-space.js';

const micro = transNasBench101Micro();
const macro = transNasBench101Macro();

describe('TransNAS-Bench-101, micro', () => {
  it('has the 4,096 published cells', () => {
    const texts = [...(micro.enumerate?.() ?? [])].map(micro.format);
    expect(new Set(texts).size).toBe(4096);
    expect(texts).toContain('64-41414-1_02_333');
  });

  it('reads digits in the order of edges', () => {
    expect(micro.parse('64-41414-1_02_333')).toEqual([1, 0, 2, 3, 3, 3]);
    expect(micro.graph?.(micro.parse('64-41414-1_02_310')).edges[4]).toMatchObject({ from: 1, to: 3, label: 'skip' });
  });

  it.each(['64-41414-1_02_334', '64-4141-1_02_333', '32-41414-1_02_333', '64-41414-1_2_333', '64-1234-basic'])(
    'refuses %s',
    (text) => {
      expect(() => micro.parse(text)).toThrow('as in "64-41414-1_02_333"');
    },
  );

  const same = (a: string, b: string, view: EquivalenceView) => {
    const [first, second] = [a, b].map((cell) => micro.format(micro.canonical(micro.parse(`64-41414-${cell}`), view)));
    return first === second;
  };
  it('takes cells for one that differ in dead edges or in the names of nodes', () => {
    // Node 2 leads nowhere.
    expect(same('3_00_030', '3_20_030', 'function')).toBe(true);
    expect(same('3_00_030', '3_20_030', 'activations')).toBe(false);
    // Nodes 1 and 2 exchanged.
    expect(same('3_20_012', '2_30_021', 'function')).toBe(true);
  });
  it('takes a skip from the input for a layer of its own, because it changes shapes', () => {
    // One skip through two nodes, or two skips: the same where shapes are kept, but not where each has weights.
    expect(same('1_00_010', '0_00_100', 'function')).toBe(true);
    expect(same('1_10_011', '1_01_011', 'function')).toBe(false);
  });
});

describe('TransNAS-Bench-101, macro', () => {
  it('has the 3,256 published networks', () => {
    expect(macro.size).toBe(3256);
    expect([...(macro.enumerate?.() ?? [])].map(macro.format)).toContain('64-1234-basic');
  });

  it.each(['64-1111-basic', '64-123-basic', '64-2222-basic', '64-444443-basic', '64-12345-basic', '64-1234'])(
    'refuses %s',
    (text) => {
      expect(() => macro.parse(text)).toThrow('4 to 6 digits 1 to 4');
    },
  );

  it('draws each module with its channels', () => {
    const [part] = macro.drawing?.(macro.parse('64-1234-basic')) ?? [];
    const chain = part && 'chain' in part ? part.chain : [];
    expect(chain.map(({ size }) => size)).toEqual([64, 64, 128, 128, 256, undefined]);
  });
});
