/** The two-input cell spaces against published genotypes and counts, and their canonical form against a procedure of its own. */
import { describe, expect, it } from 'vitest';
import { amoebanet } from '../../../search-spaces/amoebanet/index.js';
import { darts } from '../../../search-spaces/darts/index.js';
import { enas } from '../../../search-spaces/enas/index.js';
import { nasnet } from '../../../search-spaces/nasnet/index.js';
import { pnas } from '../../../search-spaces/pnas/index.js';
import type { Cell, CellRules } from '../../../search-spaces/two-input-cells/genotype.js';
import { type Genotype, twoInputCellSpace } from '../../../search-spaces/two-input-cells/index.js';
import { random } from '../../../src/base/random.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import { traceNetwork } from '../../../src/network/trace.js';

/** `name:state` for each edge. */
function published(space: SearchSpace<Genotype>, normal: string, reduce: string, concats: readonly [string, string]) {
  const cell = (edges: string) =>
    edges
      .split(' ')
      .map((edge) => edge.split(':'))
      .map(([name, state]) => `('${name}', ${state})`)
      .join(', ');
  const [normalConcat, reduceConcat] = concats;
  const text =
    `Genotype(normal=[${cell(normal)}], normal_concat=${normalConcat}, ` +
    `reduce=[${cell(reduce)}], reduce_concat=${reduceConcat})`;
  return space.parse(text);
}

const ALL_OF_FOUR = ['[2, 3, 4, 5]', 'range(2, 6)'] as const;

/** DARTS, second order, as its authors published it. */
const dartsV2 = (space: SearchSpace<Genotype>) =>
  published(
    space,
    'sep_conv_3x3:0 sep_conv_3x3:1 sep_conv_3x3:0 sep_conv_3x3:1 sep_conv_3x3:1 skip_connect:0 skip_connect:0 dil_conv_3x3:2',
    'max_pool_3x3:0 max_pool_3x3:1 skip_connect:2 max_pool_3x3:1 max_pool_3x3:0 skip_connect:2 skip_connect:2 max_pool_3x3:1',
    ALL_OF_FOUR,
  );

describe('published networks', () => {
  it('have the published parameters: DARTS (second order) on CIFAR-10 3.349 million, on ImageNet 4.719 million', () => {
    const cifar = darts();
    expect(cifar.cost?.(dartsV2(cifar)).parameters).toBe(3_349_342);
    const imagenet = darts({ stem: 'imagenet' });
    expect(imagenet.cost?.(dartsV2(imagenet)).parameters).toBe(4_718_752);
  });

  it('have them rounded: P-DARTS 3.4 and PC-DARTS 3.6 million on CIFAR-10', () => {
    const space = darts();
    const pdarts = published(
      space,
      'skip_connect:0 dil_conv_3x3:1 skip_connect:0 sep_conv_3x3:1 sep_conv_3x3:1 sep_conv_3x3:3 sep_conv_3x3:0 dil_conv_5x5:4',
      'avg_pool_3x3:0 sep_conv_5x5:1 sep_conv_3x3:0 dil_conv_5x5:2 max_pool_3x3:0 dil_conv_3x3:1 dil_conv_3x3:1 dil_conv_5x5:3',
      ALL_OF_FOUR,
    );
    const pcdarts = published(
      space,
      'sep_conv_3x3:1 skip_connect:0 sep_conv_3x3:0 dil_conv_3x3:1 sep_conv_5x5:0 sep_conv_3x3:1 avg_pool_3x3:0 dil_conv_3x3:1',
      'sep_conv_5x5:1 max_pool_3x3:0 sep_conv_5x5:1 sep_conv_5x5:2 sep_conv_3x3:0 sep_conv_3x3:3 sep_conv_3x3:1 sep_conv_3x3:2',
      ALL_OF_FOUR,
    );
    const millions = [pdarts, pcdarts].map((genotype) => (space.cost?.(genotype).parameters ?? 0) / 1e6);
    expect(millions.map((count) => count.toFixed(1))).toEqual(['3.4', '3.6']);
  });

  it('are of 20 cells on CIFAR-10 and of 14 on ImageNet', () => {
    for (const [stem, cells] of [
      ['cifar', 20],
      ['imagenet', 14],
    ] as const) {
      const space = darts({ stem });
      const { parameters } = traceNetwork(space.network(dartsV2(space)), { batch: 1, mode: 'evaluate' });
      const names = new Set(parameters.map(({ name }) => name.split('.')[0]).filter((name) => name.startsWith('cell')));
      expect(names.size).toBe(cells);
    }
  });

  it('concatenate what no node reads: NASNet-A and AmoebaNet-A', () => {
    const nasnetA = published(
      nasnet(),
      'sep_conv_5x5:1 sep_conv_3x3:0 sep_conv_5x5:0 sep_conv_3x3:0 avg_pool_3x3:1 skip_connect:0 avg_pool_3x3:0 avg_pool_3x3:0 sep_conv_3x3:1 skip_connect:1',
      'sep_conv_5x5:1 sep_conv_7x7:0 max_pool_3x3:1 sep_conv_7x7:0 avg_pool_3x3:1 sep_conv_5x5:0 skip_connect:3 avg_pool_3x3:2 sep_conv_3x3:2 max_pool_3x3:1',
      ['[2, 3, 4, 5, 6]', '[4, 5, 6]'],
    );
    expect(nasnet().format(nasnetA)).toContain('reduce_concat=[4, 5, 6])');
    const amoebanetA = published(
      amoebanet(),
      'avg_pool_3x3:0 max_pool_3x3:1 sep_conv_3x3:0 sep_conv_5x5:2 sep_conv_3x3:0 avg_pool_3x3:3 sep_conv_3x3:1 skip_connect:1 skip_connect:0 avg_pool_3x3:1',
      'avg_pool_3x3:0 sep_conv_3x3:1 max_pool_3x3:0 sep_conv_7x7:2 sep_conv_7x7:0 avg_pool_3x3:1 max_pool_3x3:0 max_pool_3x3:1 conv_7x1_1x7:0 sep_conv_3x3:5',
      ['[4, 5, 6]', '[3, 4, 6]'],
    );
    expect(amoebanet().format(amoebanetA)).toContain('reduce_concat=[3, 4, 6])');
  });
});

describe('size', () => {
  it.each([
    ['darts', darts, 242],
    ['enas', enas, 5_063],
    ['nasnet', nasnet, 71_465_842],
    ['amoebanet', amoebanet, 556_628],
    ['pnas', pnas, 556_628],
  ] as const)('of %s is the published number of cells, in billions, squared', (_name, space, billions) => {
    expect(Math.round(Math.sqrt(space().size ?? 0) / 1e9)).toBe(billions);
  });
});

describe('cells as DARTS derives them', () => {
  const space = darts({ derived: true });

  it('are 10¹⁸ genotypes, the order of the two edges of a node left out', () => {
    // White et al., AAAI 2021: (Π C(n + 1, 2) · 7²)² over four nodes
    const cells = [1, 3, 6, 10].reduce((product, pairs) => product * pairs * 7 ** 2, 1);
    expect((space.size ?? 0) / 2 ** 8 / cells ** 2).toBeCloseTo(1, 12);
    expect(Math.round(Math.log10(cells ** 2))).toBe(18);
  });

  it('hold those that DARTS published, and draw no others', () => {
    expect(space.cost?.(dartsV2(space)).parameters).toBe(3_349_342);
    for (let i = 0; i < 100; i++) {
      const { normal, reduce } = space.mutate(space.sample(random(i)), random(i));
      for (const cell of [normal, reduce]) {
        expect(cell.some(({ operation }) => operation === 'none')).toBe(false);
        expect(cell.some(({ input }, k) => k % 2 === 1 && cell[k - 1].input === input)).toBe(false);
      }
    }
  });

  it('read no state twice', () => {
    const text = space.format(dartsV2(space)).replace("('sep_conv_3x3', 1)", "('sep_conv_3x3', 0)");
    expect(() => space.parse(text)).toThrow('the states of edges 1 and 2 of `normal` to be different, got [0,0].');
  });
});

describe('text', () => {
  const space = darts();
  const text = space.format(dartsV2(space));

  it('is the published notation', () => {
    expect(text.startsWith("Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ")).toBe(true);
    expect(text.endsWith(", ('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])")).toBe(true);
  });

  it('is read with other quotes, spaces and ranges', () => {
    const other = text.replaceAll("'", '"').replaceAll(', ', ' ,\n').replaceAll('[2 ,\n3 ,\n4 ,\n5]', 'range(2,6)');
    expect(space.format(space.parse(` ${other} `))).toBe(text);
  });

  it.each([
    [text.replace('sep_conv_3x3', 'sep_conv_3x4'), 'Did you mean "sep_conv_3x3"?'],
    [
      text.replace("('sep_conv_3x3', 0)", "('sep_conv_3x3', 2)"),
      'state of edge 1 of `normal` to be one from 0 to 1, got 2',
    ],
    [text.replace("('sep_conv_3x3', 0), ", ''), '`normal` to have 8 edges, two for each of 4 nodes, got 7'],
    [text.replace('reduce_concat=[2', 'reduce_concat=[1'), '`reduce_concat` to be [2, 3, 4, 5], all nodes'],
    [text.replace('reduce_concat=[2, 3, 4, 5]', 'reduce_concat=range(2, 999999999)'), '`reduce_concat` to be'],
    ['Genotype()', 'Expected the architecture to be of the form'],
  ])('is refused where it is wrong, in one sentence: %#', (wrong, sentence) => {
    expect(() => space.parse(wrong)).toThrow(sentence);
  });
});

describe('options', () => {
  it('are refused where unknown', () => {
    expect(() => darts({ stem: 'imagnet' })).toThrow('Did you mean "imagenet"?');
    expect(() => darts({ stems: 'cifar' })).toThrow('Did you mean "stem"?');
    expect(() => darts({ derive: true })).toThrow('Did you mean "derived"?');
    expect(() => darts({ derived: 'yes' })).toThrow('Expected `derived` to be true or false, got "yes".');
  });
});

describe('canonical form', () => {
  const rules: CellRules = { name: 'small', operations: ['none', 'skip_connect', 'conv_1x1'], nodes: 2, concat: 'all' };
  const space = twoInputCellSpace(rules);
  const state = [0, 1, 2];

  /** All cells of two nodes. */
  function* cells(): Generator<Cell> {
    const edges = (states: readonly number[]) =>
      rules.operations.flatMap((operation) => states.map((input) => ({ operation, input })));
    for (const a of edges(state.slice(0, 2)))
      for (const b of edges(state.slice(0, 2)))
        for (const c of edges(state)) for (const d of edges(state)) yield [a, b, c, d];
  }

  const written = (cell: Cell) => cell.map(({ operation, input }) => `${operation} ${input}`).join(', ');

  /** Each way in which one cell is written otherwise: edges exchanged, nodes exchanged, another state for `none`. */
  function* rewritten([a, b, c, d]: Cell): Generator<Cell> {
    yield [b, a, c, d];
    yield [a, b, d, c];
    if (![c, d].some(({ operation, input }) => operation !== 'none' && input === 2)) {
      const early = [c, d].map((edge) => (edge.input === 2 ? { ...edge, input: 0 } : edge));
      yield [early[0], early[1], a, b];
    }
    for (const [i, edge] of [a, b, c, d].entries()) {
      if (edge.operation !== 'none') continue;
      for (const input of state.slice(0, i < 2 ? 2 : 3)) yield [a, b, c, d].with(i, { ...edge, input });
    }
  }

  it('is equal exactly for cells that rewriting joins', () => {
    const all = [...cells()];
    const parent = new Map(all.map((cell) => [written(cell), written(cell)]));
    const root = (text: string): string => {
      const above = parent.get(text) as string;
      return above === text ? text : root(above);
    };
    for (const cell of all) for (const other of rewritten(cell)) parent.set(root(written(other)), root(written(cell)));
    const forms = new Map<string, string>();
    for (const cell of all) {
      const form = written(space.canonical({ normal: cell, reduce: all[0] }, 'function').normal);
      const known = forms.get(root(written(cell))) ?? form;
      expect(form).toBe(known);
      forms.set(root(written(cell)), form);
    }
    expect(new Set(forms.values()).size).toBe(forms.size);
    expect(forms.size).toBeLessThan(all.length / 4);
  });

  it('does not depend on how nodes of larger cells are numbered', () => {
    const large = pnas();
    for (let i = 0; i < 50; i++) {
      const stream = random('renumber').child(i);
      const genotype = large.sample(stream);
      const other = { normal: renumbered(genotype.normal, stream), reduce: renumbered(genotype.reduce, stream) };
      const forms = [genotype, other].map((each) => large.format(large.canonical(each, 'activations')));
      expect(forms[1]).toBe(forms[0]);
    }
  });

  /** Nodes in another order that computes each before it is read, the edges of some exchanged. */
  function renumbered(cell: Cell, stream: ReturnType<typeof random>): Cell {
    const states = new Map([0, 1].map((input) => [input, input]));
    const placed: Cell[number][] = [];
    while (states.size < 2 + cell.length / 2) {
      const ready = Array.from({ length: cell.length / 2 }, (_, node) => node).filter(
        (node) => !states.has(node + 2) && [0, 1].every((i) => states.has(cell[2 * node + i].input)),
      );
      const node = stream.pick(ready);
      const pair = [cell[2 * node], cell[2 * node + 1]].map((edge) => ({
        ...edge,
        input: states.get(edge.input) ?? 0,
      }));
      placed.push(...stream.shuffle(pair));
      states.set(node + 2, states.size);
    }
    return placed;
  }
});
