/** Counts of operations and of paths, against lists of all paths made by other code. */
import { describe, expect, test } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { CellGraph } from '../../../src/contracts/cell-graph.js';
import { graphFeatures, labelsOf } from '../../../src/predict/graph-features.js';
import {
  matrixOf,
  pathsOf,
  prunedCell,
  randomMatrixCell,
  renumbered,
  textOf,
} from '../search-spaces/nas-bench-101-oracle.js';

const space201 = nasBench201();
const space101 = nasBench101();
const LABELS_201 = ['avg_pool_3x3', 'nor_conv_1x1', 'nor_conv_3x3', 'skip_connect'];
const LABELS_101 = ['conv1x1-bn-relu', 'conv3x3-bn-relu', 'maxpool3x3'];

/** The four ways from node 0 to node 3 of a NAS-Bench-201 cell, as places in its genotype (1←0, 2←0, 2←1, 3←0, 3←1, 3←2). */
const WAYS_201 = [[3], [0, 4], [1, 5], [0, 2, 5]];

/** Number, longest, shortest; of each label most, least and sum. `paths` are lists of operations. */
function summary(paths: readonly (readonly string[])[], labels: readonly string[]): number[] {
  const counted = (label: string) => paths.map((path) => path.filter((other) => other === label).length);
  const extremes = (numbers: readonly number[]) =>
    numbers.length === 0 ? [0, 0] : [Math.max(...numbers), Math.min(...numbers)];
  return [
    paths.length,
    ...extremes(paths.map(({ length }) => length)),
    ...labels.flatMap((label) => [...extremes(counted(label)), counted(label).reduce((sum, n) => sum + n, 0)]),
  ];
}

/** How often each name is followed by each other one: from the input or a label to a label or the output. */
function tabulated(pairs: readonly (readonly [string, string])[], labels: readonly string[]): number[] {
  return ['input', ...labels].flatMap((first) =>
    [...labels, 'output'].map((second) => pairs.filter((pair) => pair[0] === first && pair[1] === second).length),
  );
}

describe('a cell of NAS-Bench-201', () => {
  const stream = random('cells');
  const cells = Array.from({ length: 300 }, (_, i) => space201.sample(stream.child(i)));

  test('is counted path by path', () => {
    for (const cell of cells) {
      const listed = WAYS_201.map((way) => way.map((edge) => cell[edge])).filter((way) => !way.includes('none'));
      expect(graphFeatures(space201.graph!(cell), LABELS_201).paths).toEqual(summary(listed, LABELS_201));
    }
  });

  test('is counted pair by pair', () => {
    for (const cell of cells) {
      // Edges into node 1 meet those out of it, edges into node 2 the one out of it.
      const meeting = [
        [0, 2],
        [0, 4],
        [1, 5],
        [2, 5],
      ].map(([first, second]) => [cell[first], cell[second]] as const);
      const begin = [0, 1, 3].map((edge) => ['input', cell[edge]] as const);
      const end = [3, 4, 5].map((edge) => [cell[edge], 'output'] as const);
      expect(graphFeatures(space201.graph!(cell), LABELS_201).pairs).toEqual(
        tabulated([...meeting, ...begin, ...end], LABELS_201),
      );
    }
  });

  test('without a path has no features of paths', () => {
    const empty = Array<Genotype[number]>(6).fill('none');
    const { paths, pairs } = graphFeatures(space201.graph!(empty), LABELS_201);
    expect([...paths, ...pairs]).toEqual(Array(3 + 12 + 25).fill(0));
    const deadEnd: Genotype = ['nor_conv_3x3', 'none', 'none', 'none', 'none', 'none'];
    expect(graphFeatures(space201.graph!(deadEnd), LABELS_201).paths).toEqual(Array(15).fill(0));
  });
});

describe('a cell of NAS-Bench-101', () => {
  const stream = random('modules');
  const cells = Array.from({ length: 400 }, (_, i) => {
    const cell = prunedCell(randomMatrixCell(stream.child(i), 0.5));
    const edges = cell.matrix.flat().filter((edge) => edge === 1).length;
    return edges > 0 && edges <= 9 ? [cell] : [];
  }).flat();
  const featuresOf = (text: string) => graphFeatures(space101.graph!(space101.parse(text)), LABELS_101);

  test('is counted path by path', () => {
    expect(cells.length).toBeGreaterThan(100);
    for (const cell of cells) {
      const listed = pathsOf(matrixOf(textOf(cell))).map((path) =>
        path.slice(1, -1).map((vertex) => cell.operations[vertex - 1]),
      );
      expect(featuresOf(textOf(cell)).paths).toEqual(summary(listed, LABELS_101));
    }
  });

  test('is counted edge by edge', () => {
    for (const { matrix, operations } of cells) {
      const names = ['input', ...operations, 'output'];
      const pairs = matrix.flatMap((row, from) =>
        row.flatMap((edge, to) => (edge === 1 ? [[names[from], names[to]] as const] : [])),
      );
      expect(featuresOf(textOf({ matrix, operations })).pairs).toEqual(tabulated(pairs, LABELS_101));
    }
  });

  test('has the same features however its vertices are numbered', () => {
    let changed = 0;
    for (const [i, cell] of cells.entries()) {
      const other = textOf(renumbered(cell, stream.child('order', i)).cell);
      changed += Number(other !== textOf(cell));
      expect(featuresOf(other)).toEqual(featuresOf(textOf(cell)));
    }
    expect(changed).toBeGreaterThan(30);
  });

  test('that is a single edge has one path without operations', () => {
    expect(featuresOf(':1')).toEqual({
      paths: [1, ...Array(11).fill(0)],
      pairs: tabulated([['input', 'output']], LABELS_101),
    });
  });
});

describe('labels', () => {
  test('are those of any graph, each once and sorted; edges that add nothing have none', () => {
    const cell: Genotype = ['nor_conv_3x3', 'none', 'skip_connect', 'none', 'none', 'avg_pool_3x3'];
    expect(labelsOf([space201.graph!(cell), space201.graph!(cell)])).toEqual([
      'avg_pool_3x3',
      'nor_conv_3x3',
      'skip_connect',
    ]);
    expect(labelsOf([space101.graph!(space101.parse('maxpool3x3,conv1x1-bn-relu:1.01.101'))])).toEqual([
      'conv1x1-bn-relu',
      'maxpool3x3',
    ]);
    expect(labelsOf([])).toEqual([]);
  });

  test('that are not told apart count nowhere', () => {
    // 0 → 1 by a 3×3 convolution, 1 → 2 by none, 1 → 3 by a 1×1 convolution.
    const cell: Genotype = ['nor_conv_3x3', 'skip_connect', 'none', 'none', 'nor_conv_1x1', 'none'];
    expect(graphFeatures(space201.graph!(cell), ['nor_conv_1x1'])).toEqual({
      paths: [1, 1, 1, 1, 1, 1],
      pairs: tabulated([['nor_conv_1x1', 'output']], ['nor_conv_1x1']),
    });
    const module = space101.parse('maxpool3x3,conv1x1-bn-relu:1.01.001');
    expect(graphFeatures(space101.graph!(module), ['maxpool3x3'])).toEqual({
      paths: [1, 1, 1, 1, 1, 1],
      pairs: tabulated([['input', 'maxpool3x3']], ['maxpool3x3']),
    });
  });
});

test('a graph with more paths than can be listed is cut, not endless', () => {
  // Fourteen rungs of two parallel steps each: 2^14 paths.
  const nodes = Array.from({ length: 15 }, (_, i) => String(i));
  const edges = nodes.slice(1).flatMap((_, i) => ['a', 'b'].map((label) => ({ from: i, to: i + 1, label })));
  const graph: CellGraph = { nodes, edges };
  expect(graphFeatures(graph, ['a', 'b']).paths[0]).toBe(10_000);
});
