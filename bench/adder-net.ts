/**
 * A small residual network of adder convolutions against its twin of ordinary ones: same recipe, same data, same order of images.
 *   npx tsx bench/adder-net.ts [--layers adder,convolution] [--channels 8] [--epochs 30] [--rate 0.1] [--decay 0.0005] [--eta 0.2] [--seeds 1]
 *     [--data FILE] [--test FILE]
 * As in the paper the first convolution (here of stride 2, to save time) and the classifier are ordinary ones. A line an epoch; processor seconds are of this process alone.
 */
import { parseArgs } from 'node:util';
import { random } from '../src/base/random.js';
import type { Layer, Network } from '../src/contracts/network.js';
import { loadData } from '../src/data/load.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { adderConv2d } from '../src/network/adder.js';
import {
  batchNormalization,
  convolution,
  globalAveragePool,
  identity,
  linear,
  relu,
  sequential,
  sum,
} from '../src/network/layers.js';
import { recipes } from '../src/train/recipes.js';
import { train } from '../src/train/train.js';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: 'adder,convolution' },
    channels: { type: 'string', default: '8' },
    epochs: { type: 'string', default: '30' },
    rate: { type: 'string', default: '0.1' },
    decay: { type: 'string', default: '0.0005' },
    eta: { type: 'string', default: '0.2' },
    seeds: { type: 'string', default: '1' },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
    test: { type: 'string', default: '../shared/data/cifar10-test1000.bin.gz' },
  },
});
const [channels, epochs, learningRate, weightDecay, eta] = [
  values.channels,
  values.epochs,
  values.rate,
  values.decay,
  values.eta,
].map(Number);

/** A convolution of some kind: output channels, side of the filter, stride. */
type Convolve = (out: number, kernel: number, stride: number) => Layer;

const kinds: Readonly<Record<string, Convolve>> = {
  adder: (out, kernel, stride) => adderConv2d({ out, kernel, stride, padding: (kernel - 1) / 2, rate: eta }),
  convolution: (out, kernel, stride) => convolution({ out, kernel, stride, padding: (kernel - 1) / 2 }),
};

const normalized = (conv: Layer) => sequential({ conv, norm: batchNormalization() });

/** The residual block of He et al. (CVPR 2016), with a 1×1 shortcut of the same kind where the size changes. */
function block(convolve: Convolve, out: number, stride: number): Layer {
  const body = sequential({
    first: normalized(convolve(out, 3, stride)),
    relu,
    second: normalized(convolve(out, 3, 1)),
  });
  const shortcut = stride === 1 ? identity : normalized(convolve(out, 1, stride));
  return sequential({ sum: sum({ body, shortcut }), relu });
}

const networkOf = (convolve: Convolve): Network => ({
  inputShape: [3, 32, 32],
  classes: 10,
  layer: sequential({
    stem: normalized(convolution({ out: channels, kernel: 3, stride: 2, padding: 1 })),
    relu,
    stage1: block(convolve, channels, 1),
    stage2: block(convolve, 2 * channels, 2),
    stage3: block(convolve, 4 * channels, 2),
    pool: globalAveragePool,
    head: linear({ out: 10 }),
  }),
});

const data = await loadData({
  data: `cifar10:${values.data}`,
  testData: `cifar10:${values.test}`,
  seed: 0,
  validationFraction: 0.1,
});
const engine = await onnxruntimeBackend();
const recipe = { ...recipes.short, epochs, learningRate, weightDecay };
for (const kind of values.layers.split(',')) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    let before = process.cpuUsage();
    const result = await train({
      network: networkOf(kinds[kind]),
      data,
      recipe,
      engine,
      random: random(seed),
      threads: 1,
      onEpoch: ({ epoch }) => {
        const { user, system } = process.cpuUsage(before);
        before = process.cpuUsage();
        console.log(JSON.stringify({ kind, seed, ...epoch, processorSeconds: (user + system) / 1e6 }));
      },
    });
    const outcome = 'failure' in result ? { failure: result.failure } : result.measures;
    console.log(JSON.stringify({ kind, seed, ...outcome }));
  }
}
