import { describe, expect, test } from 'vitest';
import { namesOf, resolve } from '../../../src/catalog.js';
import {
  completeConfiguration,
  DEFAULT_EVALUATIONS,
  DEFAULTS,
  SETTING_NAMES,
} from '../../../src/search/configuration.js';

const refused: readonly (readonly [object, string])[] = [
  [{ count: 0 }, 'Expected `count` to be a whole number from 1 to 10000000, got 0.'],
  [{ count: 1.5 }, 'Expected `count` to be a whole number'],
  [{ count: '100' }, 'got "100".'],
  [{ train: 0 }, 'Expected `train`, which is at most `count`, to be a whole number from 1 to 100, got 0.'],
  [{ count: 4, train: 5 }, 'Expected `train`, which is at most `count`, to be a whole number from 1 to 4, got 5.'],
  [{ learnsFrom: 'tests' }, 'Expected `learnsFrom` to be one of scores, evaluations, got "tests".'],
  [{ learnsFrom: 'evaluations', train: 0 }, 'Expected `train` to be a whole number from 1 to 10000000, got 0.'],
  [{ scoreBatch: 1 }, 'Expected `scoreBatch` to be a whole number from 2 to 4096, got 1.'],
  [{ seed: -1 }, 'Expected `seed` to be a whole number of at least 0, got -1.'],
  [{ retrainEpochs: -3 }, 'Expected `retrainEpochs`'],
  [{ recipe: { epochs: 0 } }, 'Expected `recipe.epochs` to be a whole number from 1 to 100000, got 0.'],
  [{ recipe: { batchSize: 1 } }, 'Expected `recipe.batchSize` to be a whole number from 2 to 4096, got 1.'],
  [{ recipe: { learningRate: 0 } }, 'Expected `recipe.learningRate` to be a number above 0, got 0.'],
  [{ recipe: { learningRate: Number.NaN } }, 'got NaN.'],
  [{ recipe: { momentum: 1 } }, 'Expected `recipe.momentum` to be from 0 to below 1, got 1.'],
  [{ recipe: { weightDecay: -1 } }, 'Expected `recipe.weightDecay` to be a number of at least 0, got -1.'],
  [{ recipe: { optimizer: 'adamm' } }, 'Did you mean "adam"?'],
  [{ recipe: { nesterov: 'yes' } }, 'Expected `recipe.nesterov` to be true or false, got "yes".'],
  [{ recipe: { augmentation: { crop: -1 } } }, 'Expected `recipe.augmentation.crop` to be a whole number from 0'],
  [{ recipe: { augmentation: { flipp: true } } }, 'Did you mean "flip"?'],
  [{ recipe: { epoch: 3 } }, 'Did you mean "epochs"?'],
  [{ recipe: 'shorty' }, 'Expected the recipe to be one of short, nas-bench-201, got "shorty". Did you mean "short"?'],
  [{ recipe: 3 }, 'Expected `recipe` to be an object, got 3.'],
  [{ space: '' }, 'Expected `space` to be a text that is not empty, got "".'],
  [{ samplerOptions: [] }, 'Expected `samplerOptions` to be an object, got [].'],
  [{ trainSkeleton: 4 }, 'Expected `trainSkeleton` to be an object, got 4.'],
  [{ formats: 'onnx' }, 'Expected `formats` to be a list of names, got "onnx".'],
  [{ formats: ['onnx', 'onnx'] }, 'a list of different names'],
  [{ candidates: 3 }, 'Expected an option of search to be one of space,'],
  [{ cout: 3 }, 'Did you mean "count"?'],
];

describe('a configuration', () => {
  test.each(refused)('refuses %j', async (settings, sentence) => {
    await expect(completeConfiguration(settings)).rejects.toMatchObject({
      name: 'NascentError',
      code: 'usage',
      exitCode: 2,
      message: expect.stringContaining(sentence),
    });
  });

  test('has a default for every setting', async () => {
    const configuration = await completeConfiguration({});
    expect(configuration).toMatchObject({ ...DEFAULTS, recipe: await resolve('recipes', DEFAULTS.recipe) });
    expect(Object.keys(configuration).sort()).toEqual(
      SETTING_NAMES.filter((name) => !['testData', 'constraints', 'track'].includes(name)).sort(),
    );
  });

  test('has room for more evaluations than scored candidates where the sampler learns from them', async () => {
    const { train, count } = await completeConfiguration({ learnsFrom: 'evaluations', count: 5 });
    expect({ train, count }).toEqual({ train: DEFAULT_EVALUATIONS, count: 5 });
  });

  test('comes back as it was once it is complete', async () => {
    const configuration = await completeConfiguration({ testData: 'cifar10:test.bin', seed: 3, count: undefined });
    expect(configuration.count).toBe(DEFAULTS.count);
    expect(await completeConfiguration(configuration)).toEqual(configuration);
  });

  test('changes the fields of a recipe or skeleton that are given', async () => {
    const { recipe, trainSkeleton, scoreSkeleton } = await completeConfiguration({
      recipe: { epochs: 7, augmentation: { cutout: 8 } },
      trainSkeleton: { channels: 8 },
    });
    const short = await resolve('recipes', 'short');
    expect(recipe).toEqual({ ...short, epochs: 7, augmentation: { ...short.augmentation, cutout: 8 } });
    expect(trainSkeleton).toEqual({ ...DEFAULTS.trainSkeleton, channels: 8 });
    expect(scoreSkeleton).toEqual({});
    const named = await completeConfiguration({ recipe: 'nas-bench-201' });
    expect(named.recipe).toEqual(await resolve('recipes', 'nas-bench-201'));
  });
});

describe('the catalogue', () => {
  test('loads every entry under its name', async () => {
    for (const name of namesOf('spaces')) expect((await resolve('spaces', name))().name).toBe(name);
    for (const name of namesOf('metrics')) expect((await resolve('metrics', name)).name).toBe(name);
    for (const name of namesOf('exporters')) expect((await resolve('exporters', name)).name).toBe(name);
    for (const name of namesOf('quantities')) expect((await resolve('quantities', name)).name).toBe(name);
    for (const name of namesOf('recipes')) expect((await resolve('recipes', name)).epochs).toBeGreaterThan(0);
    const space = (await resolve('spaces', 'nas-bench-201'))();
    const { random } = await import('../../../src/base/random.js');
    for (const name of namesOf('samplers')) {
      const options = name === 'given' ? { architectures: [space.format(space.sample(random(2)))] } : {};
      expect((await resolve('samplers', name))({ space, random: random(1), options }).name).toBe(name);
    }
    for (const name of namesOf('engines')) {
      expect(await resolve('engines', name)).toBeTypeOf('function');
      if (name === 'reference' || name === 'onnxruntime') {
        expect((await (await resolve('engines', name))()).name).toBe(name);
      }
    }
  });

  test('offers the nearest of unknown names', async () => {
    await expect(resolve('spaces', 'nas-bench-200')).rejects.toThrow('Did you mean "nas-bench-201"?');
    await expect(resolve('engines', 'onxruntime')).rejects.toThrow('Expected the engine to be one of onnxruntime,');
    await expect(resolve('exporters', 'toString')).rejects.toThrow(
      'Expected the export format to be one of onnx, json',
    );
  });
});
