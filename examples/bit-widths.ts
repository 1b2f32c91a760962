/**
 * A chain of blocks whose bit widths are searched for: each block has its own for activations and for weights.
 * In the folder of this file:
 *
 *     npx nascent search --space ./bit-widths.ts --strategy random --train 8
 */
import {
  batchNormalization,
  convolution,
  defineSpace,
  globalAveragePool,
  linear,
  maxPool,
  quantizedActivation,
  quantizedWeights,
  relu,
  repeat,
  sequential,
} from 'nascent';

export default defineSpace({
  name: 'bit-widths',
  choices: { blocks: repeat(2, 4, { activations: [2, 4, 8], weights: [2, 4, 8] }) },
  network({ blocks }, { classes, channels }) {
    const stem = convolution({ out: channels, kernel: 3, padding: 1 });
    const layers = blocks.map(({ activations, weights }, i) => {
      const conv = convolution({ out: channels * 2 ** Math.min(i, 2), kernel: 3, padding: 1 });
      const layer = sequential({
        norm: batchNormalization(),
        relu,
        quantized: quantizedActivation({ bits: activations }),
        conv: quantizedWeights(weights, conv),
        pool: maxPool({ kernel: 2 }),
      });
      return [`block${i + 1}`, layer] as const;
    });
    const head = { norm: batchNormalization(), mean: globalAveragePool, linear: linear({ out: classes }) };
    return sequential({ stem, ...Object.fromEntries(layers), head: sequential(head) });
  },
});
