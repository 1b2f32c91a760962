/**
 * A space of one's own choices: a chain of two to four blocks, each with its kernel, its width and its activation.
 * In the folder of this file:
 *
 *     npx nascent search --space ./own-space.ts
 *     npx nascent show arch --space ./own-space.ts '(pool=max blocks=[(kernel=3 width=16 activation=relu) (kernel=5 width=32 activation=binary)])'
 */
import {
  averagePool,
  batchNormalization,
  convolution,
  defineSpace,
  globalAveragePool,
  type Layer,
  linear,
  maxPool,
  relu,
  repeat,
  sequential,
} from 'nascent';

/**
 * A layer with a gradient of its own: forward the sign of x, backward as if it had been x where |x| < 1 (the straight-through estimator of
 * Hubara et al., NeurIPS 2016, equation 4).
 */
const binary: Layer = ({ builder, noteActivation }, x) => {
  const sign = builder.op('sign', [x], {});
  noteActivation(x, sign);
  return builder.customGradient(sign, [x], (b, dy) => {
    const inside = b.op('greater', [b.scalar(1), b.op('absolute', [x], {})], {});
    return [b.op('multiply', [dy, inside], {})];
  });
};

const activations = { relu, binary };
const pools = { max: maxPool({ kernel: 2 }), mean: averagePool({ kernel: 2 }) };

export default defineSpace({
  name: 'own-space',
  choices: {
    pool: ['max', 'mean'],
    blocks: repeat(2, 4, { kernel: [3, 5], width: [16, 32, 64], activation: ['relu', 'binary'] }),
  },
  constraints: {
    atMost: { multiplyAdds: 40e6 },
    // Widths never shrink on the way.
    where: ({ blocks }) => blocks.every(({ width }, i) => i === 0 || width >= blocks[i - 1].width),
  },
  network({ pool, blocks }, { classes }) {
    const layers = blocks.map(({ kernel, width, activation }, i) => {
      const conv = convolution({ out: width, kernel, padding: (kernel - 1) / 2 });
      const layer = sequential({
        conv,
        norm: batchNormalization(),
        activation: activations[activation],
        pool: pools[pool],
      });
      return [`block${i + 1}`, layer] as const;
    });
    return sequential({ ...Object.fromEntries(layers), mean: globalAveragePool, head: linear({ out: classes }) });
  },
});
