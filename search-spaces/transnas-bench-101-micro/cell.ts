/** A cell of the micro space as a layer, its cost, and which cells are the same. */
import type { Layer } from '../../src/contracts/network.js';
import type { EquivalenceView } from '../../src/contracts/search-space.js';
import { kaimingNormal } from '../../src/network/initialize.js';
import { batchNormalization, convolution, identity, relu } from '../../src/network/layers.js';
import { edgeCell } from '../../src/spaces/edge-cell.js';
import { keyOf } from '../nas-bench-201/canonical.js';
import { type EdgeKind, edgeExpressions } from '../nas-bench-201/expression.js';
import { EDGES } from '../nas-bench-201/genotype.js';
import { type CellShape, type CellWeights, reluConvolutionNorm } from '../transnas-bench-101/backbone.js';
import { type Genotype, NODES, OPERATIONS } from './genotype.js';

/** [N, inputs, H, W] -> [N, outputs, ⌈H / stride⌉, ⌈W / stride⌉]: edges from the input change shapes, all others keep them. */
export function cellLayer(genotype: Genotype, shape: CellShape): Layer {
  const { outputs, stride } = shape;
  const inner: CellShape = { inputs: outputs, outputs, stride: 1 };
  const edges = EDGES.map((edge, i) => ({ ...edge, layer: edgeLayer(genotype[i], edge.source === 0 ? shape : inner) }));
  return edgeCell(NODES, edges, ([batch, , ...sides]) => [batch, outputs, ...sides.map((n) => Math.ceil(n / stride))]);
}

/** `undefined`: the edge adds nothing to its node. */
function edgeLayer(digit: number, shape: CellShape): Layer | undefined {
  const { outputs, stride } = shape;
  switch (OPERATIONS[digit]) {
    case 'none':
      return undefined;
    case 'skip':
      return changesShape(shape) ? factorizedReduction(shape) : identity;
    case 'conv1x1':
      return reluConvolutionNorm({ out: outputs, kernel: 1, stride });
    case 'conv3x3':
      return reluConvolutionNorm({ out: outputs, kernel: 3, stride });
  }
}

function changesShape({ inputs, outputs, stride }: CellShape): boolean {
  return inputs !== outputs || stride > 1;
}

/**
 * A skip that changes shapes: ReLU, two 1×1 convolutions of half the channels each, the second of them one place further right and down,
 * both normalised as one.
 */
function factorizedReduction({ outputs, stride }: CellShape): Layer {
  const half = Math.floor(outputs / 2);
  const part = (out: number) => convolution({ out, kernel: 1, stride, initialize: kaimingNormal });
  return (scope, input) => {
    const b = scope.builder;
    const x = scope.child('relu', relu, input);
    const [batch, channels, height, width] = b.shape(x);
    const margin = [0, 1] as const;
    const padded = b.op('pad', [x], { padding: [[0, 0], [0, 0], margin, margin] });
    const shifted = b.op('slice', [padded], { start: [0, 0, 1, 1], size: [batch, channels, height, width] });
    const parts = [scope.child('first', part(half), x), scope.child('second', part(outputs - half), shifted)];
    return scope.child('norm', batchNormalization(), b.op('concatenate', parts, { axis: 1 }));
  };
}

export function cellWeights(genotype: Genotype, shape: CellShape): CellWeights {
  let weights = 0;
  let normalized = 0;
  EDGES.forEach(({ source }, i) => {
    const inputs = source === 0 ? shape.inputs : shape.outputs;
    const operation = OPERATIONS[genotype[i]];
    const reduces = operation === 'skip' && source === 0 && changesShape(shape);
    const area = operation === 'conv3x3' ? 9 : Number(operation === 'conv1x1' || reduces);
    weights += area * inputs * shape.outputs;
    normalized += area > 0 ? shape.outputs : 0;
  });
  return { weights, normalized };
}

/**
 * Text that two cells share if and only if they are the same under `view`: both as cells that keep shapes and as cells that change them, in which a
 * skip from the input has weights and a ReLU of its own. By the rules of NAS-Bench-201 (see there).
 */
export function equivalenceKey(genotype: Genotype, view: EquivalenceView): string {
  const expressions = (changes: boolean) =>
    edgeExpressions(EDGES.map((edge, i) => ({ ...edge, kind: kindOf(genotype[i], changes && edge.source === 0) })));
  return [false, true].map((changes) => keyOf(expressions(changes), view)).join('\n');
}

function kindOf(digit: number, changes: boolean): EdgeKind {
  const kinds: readonly EdgeKind[] = [
    'zero',
    changes ? { kernel: 'skip' } : 'identity',
    { kernel: '1' },
    { kernel: '3' },
  ];
  return kinds[digit];
}
