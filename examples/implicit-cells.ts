/**
 * A cell space in which an edge may be an implicit layer: a fixed point of a contraction, trained by phantom gradients.
 * In the folder of this file:
 *
 *     npx nascent search --space ./implicit-cells.ts --epochs 2
 */
import {
  batchNormalization,
  contraction,
  convolution,
  defineSpace,
  fixedPoint,
  identity,
  type Layer,
  relu,
  sequential,
} from 'nascent';

/** h = relu(norm x + W h), whose W is scaled to be a contraction. What does not change with h stands before the layer, so that it is computed once. */
const implicit = () =>
  sequential({
    norm: batchNormalization(),
    point: fixedPoint({
      cell:
        (x): Layer =>
        (scope, h) => {
          const sum = scope.builder.op('add', [scope.child('conv', contraction(), h), x], {});
          return scope.child('relu', relu, sum);
        },
      iterations: 12,
      tolerance: 1e-3,
      backward: { kind: 'unrolling', steps: 5, damping: 0.5 },
    }),
  });

const conv = (channels: number) =>
  sequential({ relu, conv: convolution({ out: channels, kernel: 3, padding: 1 }), norm: batchNormalization() });

export default defineSpace({
  name: 'implicit-cells',
  cell: { nodes: 3, operations: { none: () => undefined, skip: () => identity, conv, implicit } },
});
