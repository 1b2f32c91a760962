/** Every shipped network says where its blocks end. */
import { describe, expect, it } from 'vitest';
import { darts } from '../../../search-spaces/darts/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import { namesOf, resolve } from '../../../src/catalog.js';
import type { Layer, Network } from '../../../src/contracts/network.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import { block, convolution, globalAveragePool, linear, sequential } from '../../../src/network/layers.js';
import { traceNetwork } from '../../../src/network/trace.js';

const BATCH = 2;
const SMALL = { channels: 4, cells: 2, classes: 3, inputShape: [3, 8, 8] } as const;

function featuresOf<A>(space: SearchSpace<A>, architecture: A): (readonly number[])[] {
  const { builder, blocks } = traceNetwork(space.network(architecture, SMALL), { batch: BATCH, mode: 'score' });
  return blocks.map((block) => builder.shape(block));
}

async function spaceNamed(name: string): Promise<SearchSpace> {
  return (await resolve('spaces', name))();
}

describe.each(namesOf('spaces'))('%s', (name) => {
  it('has at least two blocks, which are images whose sides never grow', async () => {
    const space = await spaceNamed(name);
    for (let i = 0; i < 5; i++) {
      const features = featuresOf(space, space.sample(random('blocks').child(i)));
      expect(features.length).toBeGreaterThanOrEqual(2);
      for (const [j, [batch, ...shape]] of features.entries()) {
        expect([batch, shape.length]).toEqual([BATCH, 3]);
        if (j > 0) expect(shape[1]).toBeLessThanOrEqual(features[j - 1][2]);
      }
    }
  });
});

describe('the blocks', () => {
  it('of NAS-Bench-201 are the stem, three stages of cells and two reductions', () => {
    const space = nasBench201();
    const cell = '|nor_conv_3x3~0|+|skip_connect~0|none~1|+|none~0|avg_pool_3x3~1|nor_conv_1x1~2|';
    const stage = (channels: number, side: number) => [BATCH, channels, side, side];
    expect(featuresOf(space, space.parse(cell))).toEqual([
      ...Array.from({ length: 3 }, () => stage(4, 8)),
      ...Array.from({ length: 3 }, () => stage(8, 4)),
      ...Array.from({ length: 3 }, () => stage(16, 2)),
    ]);
  });
  it('of DARTS for ImageNet begin with its two stems', () => {
    const space = darts({ stem: 'imagenet' });
    const cifar = featuresOf(darts(), darts().sample(random(1)));
    const imagenet = featuresOf(space, space.sample(random(1)));
    expect(cifar).toHaveLength(1 + 3 * SMALL.cells + 2);
    expect(imagenet).toHaveLength(cifar.length + 1);
    expect(imagenet.slice(0, 2)).toEqual([
      [BATCH, 4, 2, 2],
      [BATCH, 4, 1, 1],
    ]);
  });
  it('are those that the layer `block` names, and no others', () => {
    const half = convolution({ out: 4, kernel: 1, stride: 2 });
    const head = sequential({ pool: globalAveragePool, linear: linear({ out: 3 }) });
    const network = (layer: Layer): Network => ({ inputShape: [3, 8, 8], classes: 3, layer });
    const blocksOf = (layer: Layer) => traceNetwork(network(layer), { batch: BATCH, mode: 'evaluate' }).blocks;
    expect(blocksOf(sequential({ first: half, second: half, head }))).toEqual([]);
    expect(blocksOf(sequential({ first: half, second: block(half), head }))).toHaveLength(1);
  });
});
