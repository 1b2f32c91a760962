import { describe, expect, it } from 'vitest';
import { type Genotype, OPERATIONS } from '../../../search-spaces/nas-bench-101/genotype.js';
import { graphHash, nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { NascentError } from '../../../src/base/errors.js';
import { random } from '../../../src/base/random.js';
import { matrixOf, pathsOf, prunedCell, randomMatrixCell, renumbered, textOf } from './nas-bench-101-oracle.js';
import { publishedRows, rowsMissing } from './nas-bench-101-rows.js';

const space = nasBench101();
const TEXT = 'conv3x3-bn-relu,maxpool3x3:1.01.101';

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
  it('reads its text', () => {
    const genotype: Genotype = { vertices: 4, edges: 0b101101, operations: ['conv3x3-bn-relu', 'maxpool3x3'] };
    expect(space.parse(TEXT)).toEqual(genotype);
    expect(space.parse(` ${TEXT}\n`)).toEqual(genotype);
    expect(space.parse(':1')).toEqual({ vertices: 2, edges: 1, operations: [] });
  });

  it('keeps what lies on a path from input to output, and refuses what has too much of it or none', () => {
    const stream = random('matrices');
    const seen = { kept: 0, large: 0, none: 0 };
    for (let i = 0; i < 3000; i++) {
      const cell = randomMatrixCell(stream, 0.2 + (i % 5) / 8);
      const paths = pathsOf(cell);
      const edges = new Set(paths.flatMap((path) => path.slice(1).map((target, j) => `${path[j]} ${target}`)));
      if (paths.length > 0 && edges.size <= 9) {
        seen.kept++;
        expect(space.format(space.parse(textOf(cell)))).toBe(textOf(prunedCell(cell)));
      } else if (paths.length > 0) {
        seen.large++;
        expect(refusal(() => space.parse(textOf(cell)))).toBe(
          `Expected the cell to have at most 9 edges between input and output, got ${edges.size} in "${textOf(cell)}".`,
        );
      } else {
        seen.none++;
        expect(refusal(() => space.parse(textOf(cell)))).toMatch(/^Expected the output to be reached from the input/);
      }
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  it.each([
    [
      'another form',
      '1.01.101',
      'Expected the architecture to be operations and edges joined by ":", as in "conv3x3-bn-relu,maxpool3x3:1.01.101", got "1.01.101".',
    ],
    [
      'too many vertices',
      `${'maxpool3x3,'.repeat(5)}maxpool3x3:1.01.001.0001.00001.000001.0000001`,
      'Expected the edges to be those into 1 to 6 vertices, joined by ".", got "1.01.001.0001.00001.000001.0000001".',
    ],
    [
      'another count of digits',
      'maxpool3x3:1.101',
      'Expected the edges into vertex 2 to be 2 of the digits 0 and 1, got "101".',
    ],
    ['other digits', 'maxpool3x3:1.02', 'Expected the edges into vertex 2 to be 2 of the digits 0 and 1, got "02".'],
    [
      'another count of operations',
      'maxpool3x3:1',
      'Expected the operations to be 0 joined by ",", one for each vertex between input and output, got "maxpool3x3".',
    ],
    [
      'a misspelt operation',
      'maxpool3x4:1.01',
      'Expected the operation of vertex 1 to be one of conv3x3-bn-relu, conv1x1-bn-relu, maxpool3x3, got "maxpool3x4". Did you mean "maxpool3x3"?',
    ],
    ['no path', 'maxpool3x3:1.00', 'Expected the output to be reached from the input, got "maxpool3x3:1.00".'],
  ])('refuses %s', (_, text, message) => {
    expect(refusal(() => space.parse(text))).toBe(message);
  });

  it('is drawn with its operations in the vertices', () => {
    expect(space.graph?.(space.parse(TEXT))).toEqual({
      nodes: ['input', '1 conv3x3', '2 maxpool3x3', 'output'],
      operations: [undefined, 'conv3x3-bn-relu', 'maxpool3x3', undefined],
      edges: [
        { from: 0, to: 1, label: 'project' },
        { from: 1, to: 2, label: 'add' },
        { from: 0, to: 3, label: 'project' },
        { from: 2, to: 3, label: 'concat' },
      ],
    });
  });
});

describe('the graph hash', () => {
  it.skipIf(rowsMissing)('is the published one for 20,001 cells (skipped where shared/data is absent)', () => {
    const rows = publishedRows();
    expect(rows).toHaveLength(20_001);
    expect(rows.filter(({ genotype, hash }) => graphHash(genotype) !== hash)).toEqual([]);
  });

  it('is equal for renumbered cells', () => {
    const stream = random('renumbered');
    for (let i = 0; i < 200; i++) {
      const genotype = space.sample(stream);
      const other = space.parse(textOf(renumbered(matrixOf(space.format(genotype)), stream).cell));
      expect(graphHash(other)).toBe(graphHash(genotype));
    }
  });
});

describe('encodings', () => {
  const cell = 'conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu:1.01.101.0011';

  it('has the adjacency encoding of WeakNAS: incoming edges and kind of each vertex, 45 features', () => {
    expect(space.encodingLength).toBe(45);
    const rows = [
      [1, 0, 1, 0, 0],
      [0, 1, 0, 0, 1, 0],
      [1, 0, 1, 1, 0, 0, 0],
      [0, 0, 1, 1, 0, 0, 0, 1],
      new Array(5 + 4 + 6 + 4).fill(0),
    ];
    expect([...space.encode(space.parse(cell))]).toEqual(rows.flat());
  });

  const byPath = nasBench101({ encoding: 'path' });

  it('has the path encoding: one of 364 features for each sequence of operations', () => {
    expect(byPath.encodingLength).toBe(364);
    const stream = random('paths');
    for (let i = 0; i < 200; i++) {
      const genotype = space.sample(stream);
      const places = pathsOf(matrixOf(space.format(genotype))).map((path) => {
        const digits = path.slice(1, -1).map((vertex) => OPERATIONS.indexOf(genotype.operations[vertex - 1]));
        return digits.reduce((place, digit, j) => place + 3 ** j * (digit + 1), 0);
      });
      const features = new Array<number>(364).fill(0);
      for (const place of places) features[place] = 1;
      expect([...byPath.encode(genotype)]).toEqual(features);
    }
  });

  it('tells renumbered cells apart by adjacency, not by paths', () => {
    const [a, b] = ['conv3x3-bn-relu,maxpool3x3:1.10.011', 'maxpool3x3,conv3x3-bn-relu:1.10.011'].map(space.parse);
    expect(space.encode(a)).not.toEqual(space.encode(b));
    expect(byPath.encode(a)).toEqual(byPath.encode(b));
  });

  it('refuses other encodings and options', () => {
    expect(refusal(() => nasBench101({ encoding: 'paths' }))).toBe(
      'Expected `encoding` to be one of adjacency, path, got "paths". Did you mean "path"?',
    );
    expect(refusal(() => nasBench101({ encodings: 'path' }))).toBe(
      'Expected an option of nas-bench-101 to be one of encoding, got "encodings". Did you mean "encoding"?',
    );
  });
});
