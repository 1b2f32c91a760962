/** Spaces of one's own keep everything that shipped ones keep. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { networkCost } from '../../../src/network/trace.js';
import {
  batchNormalization,
  boundedSpace,
  convolution,
  defineSpace,
  globalAveragePool,
  identity,
  linear,
  type OperationName,
  operations,
  relu,
  repeat,
  sequential,
} from '../../../src/spaces/author.js';
import { searchSpaceConformance } from '../../../src/testing/index.js';

const conv = (channels: number) =>
  sequential({ relu, conv: convolution({ out: channels, kernel: 3, padding: 1 }), norm: batchNormalization() });

const cells = defineSpace({
  name: 'cells-of-three',
  cell: { nodes: 3, operations: { none: () => undefined, skip: () => identity, conv } },
});

const choices = defineSpace({
  name: 'own-choices',
  choices: { first: [4, 8], blocks: repeat(1, 3, { kernel: [1, 3], width: [4, 8, 16] }) },
  constraints: { where: ({ first, blocks }) => blocks.every(({ width }) => width >= first) },
  network({ first, blocks }, { classes }) {
    const layers = blocks.map(({ kernel, width }, i) => {
      const layer = convolution({ out: width, kernel, padding: (kernel - 1) / 2 });
      return [`block${i}`, sequential({ conv: layer, norm: batchNormalization(), relu })] as const;
    });
    return sequential({
      stem: convolution({ out: first, kernel: 1 }),
      ...Object.fromEntries(layers),
      pool: globalAveragePool,
      head: linear({ out: classes }),
    });
  },
});

const bounded = boundedSpace(
  cells,
  { atMost: { multiplyAdds: 40e6 } },
  { multiplyAdds: (cell) => cells.cost?.(cell)?.multiplyAdds },
);

/** Every operation that ships. */
const named = defineSpace({
  name: 'named-operations',
  cell: { nodes: 2, operations: Object.keys(operations) as OperationName[] },
});

const runner = { describe, it, expect };
searchSpaceConformance(runner, () => cells);
searchSpaceConformance(runner, () => choices);
searchSpaceConformance(runner, () => bounded);
searchSpaceConformance(runner, () => named);

describe('defined spaces', () => {
  it('count cells in closed form as their networks have it, in any skeleton', () => {
    for (const cell of cells.enumerate?.() ?? []) {
      const skeleton = { channels: 3, cells: 2, classes: 4, inputShape: [3, 9, 9] } as const;
      expect(cells.cost?.(cell, skeleton)).toEqual(networkCost(cells.network(cell, skeleton)));
    }
  });

  it('draw only what `where` allows, and all of it', () => {
    // first 4: all of 6 + 36 + 216; first 8: of widths 8 and 16, 4 + 16 + 64.
    expect(choices.size).toBe(6 + 36 + 216 + 4 + 16 + 64);
  });

  it('draw cells with empty edges, choices as chains', () => {
    const graph = cells.graph?.(cells.parse('|conv~0|+|none~0|skip~1|'));
    expect(graph?.edges.map(({ label, empty }) => [label, empty ?? false])).toEqual([
      ['conv', false],
      ['none', true],
      ['skip', false],
    ]);
    expect(choices.drawing?.(choices.parse('(first=4 blocks=[(kernel=1 width=4)])'))).toEqual([
      {
        chain: [
          { name: 'first', operation: '4' },
          { name: 'blocks 1', operation: 'kernel 1, width 4' },
        ],
      },
    ]);
  });

  it('use the skeleton that they name', () => {
    const own = defineSpace({
      name: 'small',
      cell: { nodes: 2, operations: { conv } },
      skeleton: { channels: 7, inputShape: [1, 28, 28] },
      scoring: { cells: 1 },
    });
    expect(own.skeleton()).toEqual({ channels: 7, cells: 5, classes: 10, inputShape: [1, 28, 28] });
    expect(own.scoring).toEqual({ cells: 1 });
  });
});

describe('definitions that are none', () => {
  const network = () => identity;
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['a name with a slash', () => defineSpace({ name: 'a/b', choices: { a: [1] }, network }), 'the name of a space'],
    [
      'an unknown field',
      () => defineSpace({ name: 'a', choices: { a: [1] }, netwrok: network } as never),
      'Did you mean "network"?',
    ],
    ['one node', () => defineSpace({ name: 'a', cell: { nodes: 1, operations: { conv } } }), '`nodes` of a'],
    [
      'an operation of no known name',
      () => defineSpace({ name: 'a', cell: { nodes: 3, operations: ['adder_conv3x3' as 'adder_conv_3x3'] } }),
      'Did you mean "adder_conv_3x3"?',
    ],
    ['no operations', () => defineSpace({ name: 'a', cell: { nodes: 3, operations: {} } }), 'at least one'],
    [
      'an operation that cannot be written',
      () => defineSpace({ name: 'a', cell: { nodes: 3, operations: { 'a|b': conv } } }),
      'the name of an operation',
    ],
    [
      'a bound of an unknown measure',
      () =>
        defineSpace({
          name: 'a',
          cell: { nodes: 3, operations: { conv } },
          constraints: { atMost: { multiplyAds: 1 } },
        }),
      'Did you mean "multiplyAdds"?',
    ],
  ];
  it.each(refused)('%s', (_, define, sentence) => {
    expect(define).toThrow(sentence);
  });
});

describe('constraints that nothing keeps', () => {
  it('are refused in one sentence where the space is listed', () => {
    const none = boundedSpace(cells, { atMost: { parameters: 10 } }, { parameters: () => 11 });
    expect(() => none.sample(random(1))).toThrow(
      'Expected parameters at most 10 of some architecture of cells-of-three, got none of all 27.',
    );
  });
  it('are refused in one sentence where it is not', () => {
    const large = defineSpace({ name: 'large', choices: { a: repeat(20, 20, [1, 2, 3]) }, network: () => identity });
    const none = boundedSpace(large, { atLeast: { sum: 61 } }, { sum: ({ a }) => a.reduce((x, y) => x + y, 0) });
    expect(() => none.sample(random(1))).toThrow('got none in 200 draws and 10000 steps from the best.');
    // One of 3²⁰ keeps this one: uniform draws would not find it.
    const one = boundedSpace(large, { atLeast: { sum: 60 } }, { sum: ({ a }) => a.reduce((x, y) => x + y, 0) });
    expect(one.sample(random(1)).a.every((choice) => choice === 3)).toBe(true);
  });
});
