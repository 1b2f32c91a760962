import { describe, expect, it } from 'vitest';
import { genotypeAt, indexOf, SIZE } from '../../../search-spaces/nas-bench-201/genotype.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { NascentError } from '../../../src/base/errors.js';
import { random } from '../../../src/base/random.js';

const space = nasBench201();
const TEXT = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|none~1|avg_pool_3x3~2|';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof NascentError && error.code === 'usage') return error.message;
    throw error;
  }
  return 'nothing thrown';
}

describe('genotypes', () => {
  it('reads the official text', () => {
    const genotype = ['nor_conv_3x3', 'none', 'skip_connect', 'nor_conv_1x1', 'none', 'avg_pool_3x3'];
    expect(space.parse(TEXT)).toEqual(genotype);
    expect(space.parse(` ${TEXT}\n`)).toEqual(genotype);
    expect(space.format(space.parse(TEXT))).toBe(TEXT);
  });

  it('lists cells by their digits, edge 1←0 first', () => {
    const all = [...(space.enumerate?.() ?? [])];
    expect(all).toHaveLength(SIZE);
    expect(space.format(all[0])).toBe('|none~0|+|none~0|none~1|+|none~0|none~1|none~2|');
    expect(space.format(all[1])).toBe('|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|');
    expect(space.format(all[SIZE - 1])).toBe(
      '|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|avg_pool_3x3~2|',
    );
    expect(all.map(indexOf)).toEqual(all.map((_, i) => i));
  });

  it.each([
    [
      'another count of nodes',
      '|none~0|+|none~0|none~1|',
      'Expected the architecture to be three nodes joined by "+", as in "|op~0|+|op~0|op~1|+|op~0|op~1|op~2|", got "|none~0|+|none~0|none~1|".',
    ],
    [
      'a missing bar',
      'none~0|+|none~0|none~1|+|none~0|none~1|none~2|',
      'Expected node 1 of the architecture to be edges between bars, as in "|op~0|", got "none~0|".',
    ],
    [
      'another count of edges',
      '|none~0|+|none~0|+|none~0|none~1|none~2|',
      'Expected node 2 of the architecture to have 2 edges, got 1 in "|none~0|".',
    ],
    [
      'another source',
      '|none~0|+|none~0|none~0|+|none~0|none~1|none~2|',
      'Expected edge 2 of node 2 to be an operation from node 1, as in "op~1", got "none~0".',
    ],
    [
      'a misspelt operation',
      '|none~0|+|none~0|nor_conv_3x4~1|+|none~0|none~1|none~2|',
      'Expected the operation of edge 2←1 to be one of none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3, got "nor_conv_3x4". Did you mean "nor_conv_3x3"?',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(refusal(() => space.parse(text))).toBe(message);
  });

  it('has 24 neighbours and an encoding of 6 × 5 one-hot features', () => {
    const genotype = space.parse(TEXT);
    expect(space.neighbours(genotype)).toHaveLength(24);
    expect([...space.encode(genotype)]).toEqual(
      [3, 0, 1, 2, 0, 4].flatMap((digit) => [0, 1, 2, 3, 4].map((i) => Number(i === digit))),
    );
  });

  it('draws, mutates and encodes at least 20,000 cells a second', () => {
    const stream = random('speed');
    const started = performance.now();
    for (let i = 0; i < 20_000; i++) space.encode(space.mutate(space.sample(stream), stream));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('refuses options', () => {
    expect(refusal(() => nasBench201({ edges: 4 }))).toBe('Expected no options for nas-bench-201, got "edges".');
  });
});

describe('skeleton', () => {
  it('has the defaults of the benchmark', () => {
    expect(space.skeleton()).toEqual({ channels: 16, cells: 5, classes: 10, inputShape: [3, 32, 32] });
    expect(space.skeleton({ cells: 1, classes: 1 })).toMatchObject({ channels: 16, cells: 1, classes: 1 });
  });

  it.each([
    [{ channels: 0 }, 'Expected `channels` to be a whole number of at least 1, got 0.'],
    [{ cells: 1.5 }, 'Expected `cells` to be a whole number of at least 1, got 1.5.'],
    [{ classes: -1 }, 'Expected `classes` to be a whole number of at least 1, got -1.'],
    [{ inputShape: [3, 3, 32] }, 'Expected the height in `inputShape` to be a whole number of at least 4, got 3.'],
    [{ inputShape: [3, 32, 2] }, 'Expected the width in `inputShape` to be a whole number of at least 4, got 2.'],
    [{ inputShape: [0, 32, 32] }, 'Expected the channels in `inputShape` to be a whole number of at least 1, got 0.'],
    [
      { inputShape: [32, 32] },
      'Expected `inputShape` to be three whole numbers [channels, height, width], got [32,32].',
    ],
    [
      { chanels: 8 },
      'Expected a skeleton option of nas-bench-201 to be one of channels, cells, classes, inputShape, got "chanels". Did you mean "channels"?',
    ],
  ])('refuses %j', (options, message) => {
    expect(refusal(() => space.skeleton(options as never))).toBe(message);
    expect(refusal(() => space.network(genotypeAt(0), options as never))).toBe(message);
  });
});
