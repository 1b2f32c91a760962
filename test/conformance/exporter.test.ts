/** The shipped exporters keep their contract. */
import { describe, expect, it } from 'vitest';
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

for (const exporter of [onnxExporter, genotypeExporter]) {
  describe(exporter.name, () => exporterConformance({ describe, it, expect }, () => exporter, subject));
}
