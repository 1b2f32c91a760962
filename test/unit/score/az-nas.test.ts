import { beforeAll, describe, expect, it } from 'vitest';
import type { ScoreContext } from '../../../src/contracts/metric.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { convolution, globalAveragePool, linear, sequential } from '../../../src/network/layers.js';
import { azExpressivity } from '../../../src/score/az-expressivity.js';
import { azProgressivity } from '../../../src/score/az-progressivity.js';
import { azTrainability } from '../../../src/score/az-trainability.js';
import { blockFeatures } from '../../../src/score/block-features.js';
import { scoreProgram } from '../../../src/score/program.js';
import { contextOf, failureOf, networkOf, numbersOf, scoreOf, singularValues } from './small-scores.js';

const CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|';

/** [images, channels, height, width] */
interface Features {
  readonly numbers: Float64Array;
  readonly shape: readonly number[];
}

const at = ({ numbers, shape: [, channels, height, width] }: Features, n: number, c: number, y: number, x: number) =>
  numbers[((n * channels + c) * height + y) * width + x];

/** One row of channels for each position; those of a smaller image take its `step`² places as channels of their own. */
function positions(features: Features, step = 1): number[][] {
  const [images, channels, height, width] = features.shape;
  const rows: number[][] = [];
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) {
        const row: number[] = [];
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < step * step; i++) row.push(at(features, n, c, y + Math.floor(i / step), x + (i % step)));
        }
        rows.push(row);
      }
    }
  }
  return rows;
}

const columnsOf = (rows: number[][]) => rows[0].map((_, c) => rows.map((row) => row[c]));

/** −Σ p log p of the eigenvalues of the covariance, which are its singular values. */
function entropyOf(features: Features): number {
  const columns = columnsOf(positions(features)).map((column) => {
    const mean = column.reduce((x, y) => x + y) / column.length;
    return column.map((x) => x - mean);
  });
  const covariance = columns.map((one) => columns.map((other) => one.reduce((sum, x, i) => sum + x * other[i], 0)));
  const variances = singularValues(covariance);
  const total = variances.reduce((x, y) => x + y);
  return variances.reduce((sum, each) => sum - (each / total) * Math.log(each / total + 1e-8), 0);
}

/** 2 − σ − 1 / σ of the mean over positions of gradient in × gradient out. */
function gainTerm(back: Features, forth: Features): number {
  const into = positions(back, back.shape[2] / forth.shape[2]);
  const from = positions(forth);
  const matrix = into[0].map((_, i) =>
    from[0].map((_, j) => into.reduce((sum, row, n) => sum + row[i] * from[n][j], 0) / from.length),
  );
  const [greatest] = singularValues(matrix);
  return 2 - greatest - 1 / (greatest + 1e-6);
}

const mean = (values: readonly number[]) => values.reduce((x, y) => x + y) / values.length;

describe.each([
  ['nas-bench-201', CELL],
  ['darts', undefined],
])('of a network of %s', (space, text) => {
  let context: ScoreContext;
  let blocks: Features[];
  let gradients: { readonly back: Features; readonly forth: Features }[];

  beforeAll(async () => {
    context = contextOf(await networkOf(space, text));
    const program = scoreProgram(context);
    azTrainability.write(program);
    const { builder: b } = program;
    const features = blockFeatures(program);
    const signs = (shape: readonly number[]) => {
      const [name] = Object.entries(program.feeds).find(
        ([key, tensor]) => key.startsWith('random signs') && String(tensor.shape) === String(shape),
      ) as [string, unknown];
      return program.feeds[name];
    };
    const outputs: Record<string, number> = {};
    const seeds = features.slice(1).map((block, i) => {
      const { data, shape } = signs(b.shape(block));
      outputs[`back${i}`] = differentiate(b, block, [features[i]], b.constant(data, shape))[0];
      return { numbers: Float64Array.from(data), shape };
    });
    features.forEach((block, i) => {
      outputs[`block${i}`] = block;
    });
    const numbers = await numbersOf(program, outputs);
    blocks = features.map((block, i) => ({ numbers: numbers[`block${i}`], shape: b.shape(block) }));
    gradients = seeds.map((forth, i) => ({
      back: { numbers: numbers[`back${i}`], shape: blocks[i].shape },
      forth,
    }));
  }, 60_000);

  it('expressivity is the sum of the entropies of the principal components of all blocks', async () => {
    const expected = blocks.map(entropyOf).reduce((x, y) => x + y);
    expect(await scoreOf(azExpressivity, context)).toBeCloseTo(expected, 6);
  });

  it('progressivity is their least increase', async () => {
    const entropies = blocks.map(entropyOf);
    const expected = Math.min(...entropies.slice(1).map((entropy, i) => entropy - entropies[i]));
    expect(await scoreOf(azProgressivity, context)).toBeCloseTo(expected, 6);
  });

  it('trainability is the mean of what the largest gains of signs are away from one', async () => {
    for (const { forth } of gradients) {
      const ones = forth.numbers.filter((sign) => sign === 1).length;
      expect(forth.numbers.every((sign) => Math.abs(sign) === 1)).toBe(true);
      expect(Math.abs(ones / forth.numbers.length - 0.5)).toBeLessThan(0.05);
    }
    const expected = mean(gradients.map(({ back, forth }) => gainTerm(back, forth)));
    expect(await scoreOf(azTrainability, context)).toBeCloseTo(expected, 6);
  });
});

describe('what has no score', () => {
  const ALL_NONE = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';
  const SKIP = '|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|';

  it.each([azExpressivity, azProgressivity])('$name of features that are constant', async (metric) => {
    const context = contextOf(await networkOf('nas-bench-201', ALL_NONE));
    expect(await failureOf(metric, context)).toBe('the features of block 1 are constant');
  });

  it('trainability of a block that does not read its input, or that is its input', async () => {
    const dead = contextOf(await networkOf('nas-bench-201', ALL_NONE));
    expect(await failureOf(azTrainability, dead)).toBe('block 1 does not depend on the one before it');
    const idle = contextOf(await networkOf('nas-bench-201', SKIP));
    const message = 'Expected block 1 to compute something, got one that hands on its input.';
    expect(await failureOf(azTrainability, idle)).toBe(message);
  });

  it.each([azExpressivity, azTrainability])('$name of a network that names no blocks', async (metric) => {
    const layer = sequential({
      conv: convolution({ out: 4, kernel: 3 }),
      pool: globalAveragePool,
      linear: linear({ out: 3 }),
    });
    const context = contextOf({ inputShape: [3, 8, 8], classes: 3, layer });
    expect(await failureOf(metric, context)).toBe('Expected a network that names at least two blocks, got 0.');
  });
});
