/** What networks ask of their training: auxiliary classifiers and dropped paths. */
import { describe, expect, it } from 'vitest';
import { darts } from '../../../search-spaces/darts/index.js';
import { random } from '../../../src/base/random.js';
import type { Tensor } from '../../../src/contracts/kernel-backend.js';
import type { Network, NetworkTraining } from '../../../src/contracts/network.js';
import type { Checkpoint, TrainingRecipe } from '../../../src/contracts/training.js';
import { loadData } from '../../../src/data/load.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { globalAveragePool, linear } from '../../../src/network/layers.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';
import { initialTensor } from '../../../src/network/weights.js';
import { normalTensor, runOnce } from '../../../src/testing/kernel-backend-programs.js';
import { dropRate, pathFactors } from '../../../src/train/drop-path.js';
import { packFlat, unpackFlat } from '../../../src/train/flat-parameters.js';
import { stepProgram, trainingLayout } from '../../../src/train/programs.js';
import { recipes } from '../../../src/train/recipes.js';
import { train } from '../../../src/train/train.js';

const BATCH = 3;
const recipe: TrainingRecipe = {
  ...recipes.short,
  batchSize: BATCH,
  momentum: 0,
  nesterov: false,
  weightDecay: 0,
};

/** Two linear paths from the mean of the image, the second of them droppable, and an auxiliary classifier beside them. */
function twoPaths(training?: NetworkTraining): Network {
  return {
    inputShape: [2, 3, 3],
    classes: 4,
    layer: (scope, images) => {
      const mean = globalAveragePool(scope, images);
      const [first, second] = ['first', 'second'].map((name) => scope.child(name, linear({ out: 4 }), mean));
      scope.auxiliary('aside', linear({ out: 4 }), mean);
      return scope.builder.op('add', [first, scope.droppable(second)], {});
    },
    training,
  };
}

/** Loss before one step of gradient descent at rate 1, and how far it moves each parameter. */
async function oneStep(network: Network, keep?: readonly number[]) {
  const layout = trainingLayout(network);
  const parameters = packFlat(layout.parameters, (spec) => initialTensor(spec, random('start')));
  const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
  const zeros = (length: number): Tensor => ({ dtype: 'float32', shape: [length], data: new Float32Array(length) });
  const inputs: Record<string, Tensor> = {
    images: normalTensor('images', BATCH, ...network.inputShape),
    labels: { dtype: 'int32', shape: [BATCH], data: Int32Array.of(0, 1, 3) },
    parameters,
    statistics: zeros(layout.statistics.length),
    momentum: zeros(layout.parameters.length),
    learningRate: scalar(1),
    step: scalar(1),
    ...(keep && { keep: { dtype: 'float32', shape: [1, BATCH], data: Float32Array.from(keep) } }),
  };
  const program = stepProgram(network, layout, recipe);
  const names = new Set(
    program.values.flatMap(({ definition }) => (definition.kind === 'input' ? [definition.name] : [])),
  );
  const used = Object.fromEntries(Object.entries(inputs).filter(([name]) => names.has(name)));
  const after = await runOnce(referenceBackend(), { program, inputs: used });
  const moved = { ...after.parameters, data: after.parameters.data.map((value, i) => value - parameters.data[i]) };
  return { loss: after.loss.data[0], moved: unpackFlat(layout.parameters, moved as Tensor), inputs: names };
}

const norm = ({ data }: Tensor) => Math.hypot(...data);

describe('an auxiliary classifier', () => {
  const weighted = (auxiliaryWeight: number) => twoPaths({ auxiliaryWeight, dropPath: 0 });

  it('is not there unless training wants it', async () => {
    for (const network of [twoPaths(), weighted(0)]) {
      expect([...trainingLayout(network).parameters.places.keys()].some((name) => name.startsWith('aside'))).toBe(
        false,
      );
    }
    expect(networkCost(weighted(0.4))).toEqual(networkCost(twoPaths()));
    const { auxiliaries } = traceNetwork(weighted(0.4), { batch: 1, mode: 'train' });
    expect(auxiliaries).toEqual([]);
  });

  it("learns by its weight, and its loss is not counted as the network's", async () => {
    const [none, one, two] = await Promise.all([0, 0.4, 0.8].map((weight) => oneStep(weighted(weight))));
    expect(one.loss).toBe(none.loss);
    expect(norm(one.moved['aside.weight'])).toBeGreaterThan(0);
    expect(norm(two.moved['aside.weight']) / norm(one.moved['aside.weight'])).toBeCloseTo(2, 4);
    expect(one.moved['first.weight'].data).toEqual(none.moved['first.weight'].data);
  });
});

describe('guided classifiers', () => {
  it('learn where they are the weaker one, and only there', async () => {
    const guided = twoPaths({ auxiliaryWeight: 0, dropPath: 0, guided: true });
    const [alone, both] = [await oneStep(twoPaths()), await oneStep(guided)];
    expect(both.loss).toBe(alone.loss);
    const rows = ({ data }: Tensor) => Array.from({ length: 4 }, (_, c) => Math.hypot(data[2 * c], data[2 * c + 1]));
    expect(norm(both.moved['aside.weight'])).toBeGreaterThan(0);
    expect(norm(both.moved['first.weight'])).toBeGreaterThan(0);
    expect(rows(both.moved['first.weight'])).not.toEqual(rows(alone.moved['first.weight']));
  });

  it('are an option of DARTS, in place of a weight', () => {
    const space = darts({ guided: true });
    const length = (own: typeof space) => trainingLayout(own.network(own.sample(random(1)))).parameters.length;
    expect(length(space)).toBe(length(darts({ auxiliary: 0.4 })));
    expect(() => darts({ guided: true, auxiliary: 0.4 })).toThrow(
      'Expected `auxiliary` to be 0 where `guided` is true, got 0.4.',
    );
    expect(() => darts({ guided: 'yes' })).toThrow('Expected `guided` to be true or false, got "yes".');
  });
});

describe('a droppable path', () => {
  const dropping = twoPaths({ auxiliaryWeight: 0, dropPath: 0.5 });

  it('is kept where nothing asks to drop it', async () => {
    expect((await oneStep(twoPaths())).inputs.has('keep')).toBe(false);
    expect((await oneStep(dropping, [1, 1, 1])).loss).toBeCloseTo((await oneStep(twoPaths())).loss, 6);
  });

  it('is dropped image by image, and gets no gradient where it is', async () => {
    const whole = await oneStep(dropping, [1, 1, 1]);
    const without = await oneStep(dropping, [0, 0, 0]);
    const partly = await oneStep(dropping, [0, 2, 0]);
    expect(new Set([whole.loss, without.loss, partly.loss]).size).toBe(3);
    expect(norm(without.moved['second.weight'])).toBe(0);
    expect(norm(partly.moved['second.weight'])).toBeGreaterThan(0);
    expect(norm(without.moved['first.weight'])).toBeGreaterThan(0);
  });

  it('is dropped at a rate that rises from 0, what is kept being scaled up', () => {
    expect([1, 2, 5].map((epoch) => dropRate(0.2, epoch, 5))).toEqual([0, 0.04, 0.16]);
    const { shape, data } = pathFactors(40, 100, 0.2, random('paths'));
    expect(shape).toEqual([40, 100]);
    expect(new Set(data)).toEqual(new Set([0, Math.fround(1.25)]));
    const dropped = data.filter((factor) => factor === 0).length / data.length;
    // Four deviations of the share of 4,000 draws.
    expect(Math.abs(dropped - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / data.length));
    expect([...pathFactors(2, 3, 0, random('paths')).data]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('DARTS', () => {
  const skeleton = { channels: 2, cells: 1 };

  it('has the published auxiliary classifier, 476,426 parameters in all on CIFAR-10', () => {
    const space = darts({ auxiliary: 0.4 });
    const layout = (own: typeof space) => trainingLayout(own.network(own.sample(random(1)))).parameters.length;
    expect(layout(space) - layout(darts())).toBe(476_426);
  });

  it('refuses images that are too small for it', () => {
    const space = darts({ auxiliary: 0.4 });
    const network = space.network(space.sample(random(1)), { ...skeleton, inputShape: [3, 16, 16] });
    expect(() => trainingLayout(network)).toThrow('at least 8×8, got "4×4"');
  });

  it('refuses other options', () => {
    expect(() => darts({ dropPath: 1 })).toThrow('Expected `dropPath` to be a probability from 0, below 1, got 1.');
    expect(() => darts({ auxiliary: -1 })).toThrow('Expected `auxiliary` to be a weight of at least 0, got -1.');
  });

  it('resumed from a checkpoint ends in the same bits', async () => {
    const space = darts({ auxiliary: 0.4, dropPath: 0.3 });
    const options = {
      network: space.network(space.sample(random(3)), skeleton),
      data: await loadData({ data: 'synthetic:train=60,test=20', seed: 1 }),
      recipe: { ...recipes.short, epochs: 3, batchSize: 16 },
      engine: await onnxruntimeBackend(),
      random: random('training'),
      threads: 1,
    };
    const checkpoints: Checkpoint[] = [];
    const whole = await train({ ...options, onEpoch: ({ checkpoint }) => void checkpoints.push(checkpoint) });
    const resumed = await train({ ...options, checkpoint: checkpoints[1] });
    if ('failure' in whole || 'failure' in resumed) throw new Error('A training failed.');
    expect(Object.keys(whole.weights).some((name) => name.startsWith('auxiliary.'))).toBe(true);
    expect(resumed.weights).toEqual(whole.weights);
  });
});
