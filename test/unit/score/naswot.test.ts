import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { Batch } from '../../../src/contracts/dataset.js';
import type { Metric, ScoreContext, ScoreResult } from '../../../src/contracts/metric.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { rememberedTensors } from '../../../src/network/weights.js';
import { computeScore } from '../../../src/score/compute.js';
import { naswot, naswotLive } from '../../../src/score/naswot.js';
import { bruteForce, liveEdges, liveUses, usesOf } from './brute-force.js';

const SIZE = 6;
const space = nasBench201();
const onnxruntime = await onnxruntimeBackend();

const networkOf = (text: string) => space.network(space.parse(text), { channels: 4, cells: 1, inputShape: [3, 8, 8] });

function imagesOf(seed: string): Batch {
  const stream = random(seed);
  const images = Float32Array.from({ length: SIZE * 3 * 64 }, () => stream.normal());
  return { images, labels: new Int32Array(SIZE), size: SIZE };
}

const BATCH = imagesOf('images');

const contextOf = (text: string, seed = 'weights', engine = referenceBackend() as ScoreContext['engine']) => ({
  network: networkOf(text),
  batch: BATCH,
  engine,
  random: random('metric'),
  initialize: rememberedTensors(random(seed)),
  threads: 1,
});

async function scoreOf(metric: Metric, context: ScoreContext): Promise<number> {
  const result: ScoreResult = await computeScore(metric, context);
  if ('failure' in result) throw new Error(result.failure);
  return result.value;
}

/** |actual / expected − 1| */
function expectClose(actual: number, expected: number): void {
  expect(Number.isFinite(expected)).toBe(true);
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
}

const FULL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+|skip_connect~0|avg_pool_3x3~1|nor_conv_1x1~2|';
const TWO_OF_ONE = '|skip_connect~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|skip_connect~0|none~1|nor_conv_3x3~2|';
const NONES = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|';
const DEAD_TARGET = '|nor_conv_1x1~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|nor_conv_3x3~1|none~2|';
const DEAD_SOURCE = '|none~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|';
/** The live edge 3←0 and the dead edge 1←0 read the same node: one value, a live and a dead use of it. */
const SHARED_NODE = '|nor_conv_3x3~0|+|nor_conv_1x1~0|none~1|+|nor_conv_1x1~0|none~1|none~2|';
const CELLS = [
  ['no dead edge', FULL],
  ['two convolutions of one node', TWO_OF_ONE],
  ['nones', NONES],
  ['an edge that the output does not need', DEAD_TARGET],
  ['edges that read zeros', DEAD_SOURCE],
  ['a node read by live and dead edges', SHARED_NODE],
] as const;
/** Only edge 1←0 computes, and nothing reads it: the output is zero. */
const CONSTANT_WITH_DEAD = '|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|';
const ALL_NONE = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';

describe.each(CELLS)('a cell with %s', (_, text) => {
  it('scores naswot as brute force does', async () => {
    const uses = await usesOf(networkOf(text), BATCH, 'weights');
    const convolutions = space.parse(text).filter((operation) => operation.startsWith('nor_conv')).length;
    // Each of three cells has one ReLU a convolution; two reductions have two each, the head has one.
    expect(uses).toHaveLength(3 * convolutions + 5);
    expectClose(await scoreOf(naswot, contextOf(text)), bruteForce(uses, SIZE));
  });

  it('scores naswot-live as brute force over live ReLUs does', async () => {
    const uses = liveUses(await usesOf(networkOf(text), BATCH, 'weights'), space.parse(text));
    expectClose(await scoreOf(naswotLive, contextOf(text)), bruteForce(uses, SIZE));
  });

  it('scores the same on onnxruntime', async () => {
    for (const metric of [naswot, naswotLive]) {
      const own = await scoreOf(metric, contextOf(text));
      expectClose(await scoreOf(metric, contextOf(text, 'weights', onnxruntime)), own);
    }
  });
});

describe('live and dead', () => {
  it.each([
    ['no dead edge', FULL],
    ['nones only', NONES],
    ['two convolutions of one node', TWO_OF_ONE],
  ])('naswot-live is naswot of a cell with %s', async (_, text) => {
    expectClose(await scoreOf(naswotLive, contextOf(text)), await scoreOf(naswot, contextOf(text)));
  });

  it.each([
    ['that the output does not need', DEAD_TARGET],
    ['that read zeros', DEAD_SOURCE],
    ['that read a node others need', SHARED_NODE],
  ])('naswot-live is naswot without the edges %s; naswot itself counts them', async (_, text) => {
    const live = liveEdges(space.parse(text));
    const pruned = text
      .split('+')
      .map((node, i) =>
        node.replace(/\w+~(\d)/g, (edge, source) => (live.has(`edge${i + 1}${source}`) ? edge : `none~${source}`)),
      );
    expect(pruned.join('+')).not.toBe(text);
    const value = await scoreOf(naswotLive, contextOf(text));
    expectClose(value, await scoreOf(naswot, contextOf(pruned.join('+'))));
    expect(Math.abs(value - (await scoreOf(naswot, contextOf(text))))).toBeGreaterThan(1e-6);
  });
});

describe('scores that do not exist', () => {
  const failure = expect.stringMatching(/^images 0 and 1 share every code, so log \|det K\| is −∞$/);

  it.each([
    ['naswot', naswot, ALL_NONE],
    ['naswot-live', naswotLive, ALL_NONE],
    ['naswot-live behind a dead branch', naswotLive, CONSTANT_WITH_DEAD],
  ])('%s fails with a reason where the output is constant', async (_, metric, text) => {
    expect(await computeScore(metric, contextOf(text))).toEqual({ failure });
    expect(await computeScore(metric, contextOf(text, 'weights', onnxruntime))).toEqual({ failure });
  });

  it('naswot counts the dead branch of a constant cell', async () => {
    const uses = await usesOf(networkOf(CONSTANT_WITH_DEAD), BATCH, 'weights');
    expectClose(await scoreOf(naswot, contextOf(CONSTANT_WITH_DEAD)), bruteForce(uses, SIZE));
  });

  it('two equal images are named', async () => {
    const images = BATCH.images.slice();
    images.copyWithin(4 * 3 * 64, 2 * 3 * 64, 3 * 3 * 64);
    const result = await computeScore(naswot, { ...contextOf(FULL), batch: { ...BATCH, images } });
    expect(result).toEqual({ failure: 'images 2 and 4 share every code, so log |det K| is −∞' });
  });
});

describe('what a score depends on', () => {
  it('is the seed of the weights and the images', async () => {
    const score = await scoreOf(naswot, contextOf(FULL));
    expect(await scoreOf(naswot, contextOf(FULL))).toBe(score);
    expect(await scoreOf(naswot, contextOf(FULL, 'others'))).not.toBe(score);
    expect(await scoreOf(naswot, { ...contextOf(FULL), batch: imagesOf('others') })).not.toBe(score);
  });

  it('is not the order of the images', async () => {
    const images = new Float32Array(BATCH.images.length);
    [3, 0, 5, 1, 4, 2].forEach((from, to) => {
      images.set(BATCH.images.subarray(from * 192, (from + 1) * 192), to * 192);
    });
    for (const metric of [naswot, naswotLive]) {
      const score = await scoreOf(metric, contextOf(DEAD_TARGET));
      expectClose(await scoreOf(metric, { ...contextOf(DEAD_TARGET), batch: { ...BATCH, images } }), score);
    }
  });
});
