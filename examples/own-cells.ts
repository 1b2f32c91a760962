/**
 * A cell space of one's own: four nodes, each edge one of five operations.
 * In the folder of this file:
 *
 *     npx nascent search --space ./own-cells.ts --at-most parameters=150e3
 */
import { batchNormalization, convolution, defineSpace, identity, maxPool, relu, sequential } from 'nascent';

const depthwise = (channels: number) =>
  sequential({
    relu,
    conv: convolution({ out: channels, kernel: 5, padding: 2, groups: channels }),
    norm: batchNormalization(),
  });
const pointwise = (channels: number) =>
  sequential({ relu, conv: convolution({ out: channels, kernel: 1 }), norm: batchNormalization() });
const pool = () => maxPool({ kernel: 3, stride: 1, padding: 1 });

export default defineSpace({
  name: 'own-cells',
  cell: { nodes: 4, operations: { none: () => undefined, skip: () => identity, depthwise, pointwise, pool } },
});
