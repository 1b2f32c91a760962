/** Every metric of the catalogue, on each engine that is always there. */
import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { namesOf, resolve } from '../../src/catalog.js';
import { onnxruntimeBackend } from '../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../src/kernels/reference/index.js';
import { metricConformance } from '../../src/testing/index.js';

const CELLS = [
  '|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|',
  '|skip_connect~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_1x1~2|',
  '|nor_conv_1x1~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_1x1~2|',
];
const space = nasBench201();
const networks = () =>
  CELLS.map((cell) => space.network(space.parse(cell), { channels: 4, cells: 1, inputShape: [3, 8, 8] }));
const engines = { reference: async () => referenceBackend(), onnxruntime: () => onnxruntimeBackend() };

for (const name of namesOf('metrics')) {
  const metric = await resolve('metrics', name);
  for (const [engineName, engine] of Object.entries(engines)) {
    describe(engineName, () => metricConformance({ describe, it, expect }, metric, { networks, engine }));
  }
}
