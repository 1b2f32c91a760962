import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import { resolve } from '../../../src/catalog.js';
import type { Metric } from '../../../src/contracts/metric.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { networkCost } from '../../../src/network/trace.js';
import { rememberedTensors } from '../../../src/network/weights.js';
import { combination } from '../../../src/score/combination.js';
import { computeScores } from '../../../src/score/compute.js';

const space = nasBench201();
const SKELETON = { channels: 4, cells: 1, inputShape: [3, 8, 8] } as const;
const SIZE = 6;
const stream = random('images');
const batch = {
  images: Float32Array.from({ length: SIZE * 3 * 64 }, () => stream.normal()),
  labels: Int32Array.from({ length: SIZE }, (_, i) => i),
  size: SIZE,
};

const networkOf = (cell: string) => space.network(space.parse(cell), SKELETON);

async function scoresOf(cell: string, metrics: readonly Metric[]) {
  const initialize = rememberedTensors(random('weights'));
  const network = networkOf(cell);
  const engine = referenceBackend();
  return computeScores(metrics, { network, batch, engine, random: random('metric'), initialize, threads: 1 });
}

const value = (result: Awaited<ReturnType<typeof scoresOf>>[string]) => {
  if ('failure' in result) throw new Error(result.failure);
  return result.value;
};

const LIVE = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|';
/** The same with a branch that nothing reads. */
const WITH_DEAD_EDGE = '|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|nor_conv_1x1~0|skip_connect~1|none~2|';

const [own, jacobianCovariance, fisher] = await Promise.all(
  ['nascent', 'jacobian-covariance', 'fisher'].map((name) => resolve('metrics', name)),
);

describe('the score of this project', () => {
  it('is log P − ½ log R − 1/10 log F', async () => {
    const scores = await scoresOf(LIVE, [own, jacobianCovariance, fisher]);
    const { parameters } = networkCost(networkOf(LIVE));
    const redundancy = -value(scores['jacobian-covariance']) / SIZE - 1;
    const expected = Math.log(parameters) - Math.log(redundancy) / 2 - Math.log(value(scores.fisher)) / 10;
    expect(value(scores.nascent)).toBeCloseTo(expected, 10);
  });

  it('counts no weights that the output does not need', async () => {
    const scores = await scoresOf(WITH_DEAD_EDGE, [own, jacobianCovariance, fisher]);
    const redundancy = -value(scores['jacobian-covariance']) / SIZE - 1;
    const capacity = value(scores.nascent) + Math.log(redundancy) / 2 + Math.log(value(scores.fisher)) / 10;
    // The dead edges are one 1×1 convolution a cell, with scale and offset: (c² + 2c) over c = 4, 8, 16.
    const dead = [4, 8, 16].reduce((sum, channels) => sum + channels ** 2 + 2 * channels, 0);
    expect(Math.exp(capacity)).toBeCloseTo(networkCost(networkOf(WITH_DEAD_EDGE)).parameters - dead, 3);
  });
});

describe('a combination', () => {
  it('has no score where a part has none, and says which', async () => {
    const failing: Metric = {
      ...own,
      name: 'failing',
      write: () => ({ outputs: {}, score: () => ({ failure: 'no reason' }) }),
    };
    const both: Metric = { ...own, name: 'both', write: (program) => combination(program, [fisher, failing], () => 1) };
    expect((await scoresOf(LIVE, [both])).both).toEqual({ failure: 'failing: no reason' });
  });
});
