/** The shipped exporters keep their contract, on cells of one input and of two. */
import { describe, expect, it } from 'vitest';
import { darts } from '../../search-spaces/darts/index.js';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { genotypeExporter } from '../../src/export/genotype.js';
import { onnxExporter } from '../../src/export/onnx.js';
import { exporterConformance } from '../../src/testing/exporter.js';

const subject = {
  space: nasBench201(),
  skeleton: { channels: 4, cells: 1, classes: 10, inputShape: [3, 8, 8] },
  architectures: [
    '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|',
    '|avg_pool_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_1x1~0|skip_connect~1|nor_conv_1x1~2|',
    // Convolutions behind nothing: constants that meet images.
    '|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|',
    // Nothing but constants: logits that no image changes.
    '|none~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_1x1~2|',
    '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|',
  ],
} as const;

const twoInputs = {
  space: darts(),
  skeleton: { channels: 2, cells: 1, classes: 10, inputShape: [3, 9, 8] },
  architectures: [
    [
      ['sep_conv_3x3', 0, 'skip_connect', 1, 'dil_conv_5x5', 2, 'max_pool_3x3', 1],
      ['skip_connect', 3, 'sep_conv_5x5', 0, 'avg_pool_3x3', 4, 'none', 0],
    ],
    // Nodes of nothing, which are concatenated with images, and what reads them.
    [
      ['none', 0, 'none', 1, 'dil_conv_3x3', 2, 'none', 0],
      ['max_pool_3x3', 2, 'none', 1, 'skip_connect', 0, 'skip_connect', 1],
    ],
    // Nothing but constants: logits that no image changes.
    [
      ['none', 0, 'none', 1, 'none', 2, 'none', 0],
      ['none', 2, 'none', 1, 'none', 0, 'none', 1],
    ],
  ].map((edges) => genotypeText(edges.flat())),
} as const;

/** The text of a genotype whose two cells have these operations and states, one after the other. */
function genotypeText(edges: readonly (string | number)[]): string {
  const pairs = Array.from({ length: edges.length / 2 }, (_, i) => `('${edges[2 * i]}', ${edges[2 * i + 1]})`);
  const cell = (kind: string) => `${kind}=[${pairs.join(', ')}], ${kind}_concat=[2, 3, 4, 5]`;
  return `Genotype(${cell('normal')}, ${cell('reduce')})`;
}

for (const exporter of [onnxExporter, genotypeExporter]) {
  describe(exporter.name, () => exporterConformance({ describe, it, expect }, () => exporter, subject));
  describe(`${exporter.name}, two inputs`, () =>
    exporterConformance({ describe, it, expect }, () => exporter, twoInputs));
}
