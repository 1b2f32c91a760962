import { describe, expect, it } from 'vitest';
import { mobileNetV3 } from '../../../search-spaces/mobilenet-v3/index.js';
import { mobileBlock, normalized } from '../../../search-spaces/mobilenet-v3/network.js';
import { type BlockPlan, divisible } from '../../../search-spaces/mobilenet-v3/plan.js';
import { random } from '../../../src/base/random.js';
import { hardSwish } from '../../../src/network/activations.js';
import { globalAveragePool, linear, sequential } from '../../../src/network/layers.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';

const space = mobileNetV3();

/** `flops@595M_top1@80.0_finetune@75` of mit-han-lab/once-for-all, at its 236 pixels. */
const OFA_595 = 'r236|k3e3-k5e4-k3e3|k5e4-k5e4-k3e6-k5e3|k7e6-k5e6-k3e3-k5e4|k3e6-k5e6-k7e6-k3e4|k3e6-k3e6-k5e6-k3e3';
/** The best of WeakNAS (81.3 % on ImageNet, 560 M multiply-adds; VITA-Group/WeakNAS, at 236 pixels). */
const WEAKNAS_560 = 'r236|k5e3-k3e3-k3e4-k3e3|k5e4-k5e6-k5e4|k7e4-k5e6-k7e6|k3e6-k5e6-k5e6|k7e6-k5e6-k3e6-k5e3';

/** MobileNetV3-Large as torchvision lists it: kernel, expanded, outputs, squeeze, hard-swish, stride. */
const LARGE: readonly (readonly [number, number, number, boolean, boolean, 1 | 2])[] = [
  [3, 16, 16, false, false, 1],
  [3, 64, 24, false, false, 2],
  [3, 72, 24, false, false, 1],
  [5, 72, 40, true, false, 2],
  [5, 120, 40, true, false, 1],
  [5, 120, 40, true, false, 1],
  [3, 240, 80, false, true, 2],
  [3, 200, 80, false, true, 1],
  [3, 184, 80, false, true, 1],
  [3, 184, 80, false, true, 1],
  [3, 480, 112, true, true, 1],
  [3, 672, 112, true, true, 1],
  [5, 672, 160, true, true, 2],
  [5, 960, 160, true, true, 1],
  [5, 960, 160, true, true, 1],
];

describe('MobileNetV3', () => {
  it('has the parameters and multiply-adds of MobileNetV3-Large, from the same blocks', () => {
    let inputs = 16;
    const blocks = LARGE.map(([kernel, expanded, outputs, squeeze, swish, stride], i) => {
      const activation: BlockPlan['activation'] = swish ? 'hard-swish' : 'relu';
      const squeezed = squeeze ? divisible(expanded / 4) : undefined;
      const block = { name: `block${i}`, kernel, inputs, expanded, outputs, stride, squeezed, activation };
      inputs = outputs;
      return [block.name, mobileBlock(block)] as const;
    });
    const layer = sequential({
      stem: normalized({ out: 16, kernel: 3, stride: 2 }, hardSwish),
      ...Object.fromEntries(blocks),
      last: normalized({ out: 960, kernel: 1 }, hardSwish),
      pool: globalAveragePool,
      mix: linear({ out: 1280 }),
      activation: hardSwish,
      classifier: linear({ out: 1000 }),
    });
    const { parameters, multiplyAdds } = networkCost({ inputShape: [3, 224, 224], classes: 1000, layer });
    // torchvision: 5,483,032 parameters, 0.217 G multiply-adds.
    expect(parameters).toBe(5_483_032);
    expect(Math.round(multiplyAdds / 1e6)).toBe(217);
  });

  it.each([
    ['once-for-all', OFA_595, 595],
    ['WeakNAS', WEAKNAS_560, 560],
  ])('has the published multiply-adds of the best subnet of %s', (_, text, millions) => {
    const subnet = space.parse(text);
    const { multiplyAdds } = networkCost(space.network(subnet));
    expect(Math.floor(multiplyAdds / 1e6)).toBe(millions);
    expect(space.cost?.(subnet)?.multiplyAdds).toBe(multiplyAdds);
    expect(space.format(subnet)).toBe(text);
  });

  it('has 7,371 stages of each kind, to the fifth, at 33 resolutions', () => {
    expect(space.size).toBeCloseTo(33 * 7371 ** 5, -6);
    expect(mobileNetV3({ resolution: 224 }).size).toBeCloseTo(7371 ** 5, -6);
  });

  it('draws stages of each depth as often as there are such stages', () => {
    const stream = random('depths');
    const counts = [0, 0, 0];
    for (let i = 0; i < 4000; i++) for (const stage of space.sample(stream).stages) counts[stage.length - 2]++;
    const share = counts.map((count) => count / 20_000);
    [81 / 7371, 729 / 7371, 6561 / 7371].forEach((wanted, i) => {
      // Five deviations of a share of 20,000 draws.
      expect(Math.abs(share[i] - wanted)).toBeLessThan(5 * Math.sqrt((wanted * (1 - wanted)) / 20_000));
    });
  });

  it('runs every resolution on the data as it is', () => {
    const skeleton = { channels: 4, cells: 1, classes: 3, inputShape: [3, 32, 32] } as const;
    for (const [resolution, side] of [
      [128, 18],
      [224, 32],
      [256, 37],
    ]) {
      const text = WEAKNAS_560.replace('r236', `r${resolution}`);
      const { builder } = traceNetwork(space.network(space.parse(text), skeleton), { batch: 2, mode: 'score' });
      const shapes = Array.from({ length: builder.size }, (_, value) => builder.shape(value).join());
      expect(shapes).toContain(`2,3,${side},${side}`);
    }
  });

  it.each([
    ['r224', '5 stages between bars'],
    [OFA_595.replace('r236', 'r237'), 'Expected the resolution to be "r128" to "r256" in steps of 4, got "r237".'],
    [OFA_595.replace('k3e3', 'k4e3'), 'Expected block 1 of stage 1 to be "k3", "k5" or "k7"'],
    [`${OFA_595}-k3e3`, 'Expected stage 5 to be 2 to 4 blocks'],
  ])('refuses %s', (text, sentence) => {
    expect(() => space.parse(text)).toThrow(sentence);
  });

  it('refuses options that there are not', () => {
    expect(() => mobileNetV3({ widht: 1 })).toThrow('Did you mean "width"?');
    expect(() => mobileNetV3({ width: 0 })).toThrow('`width`');
    expect(() => mobileNetV3({ resolution: 225 })).toThrow('a multiple of 4 from 128 to 256');
  });
});
