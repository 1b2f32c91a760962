import { describe, expect, test } from 'vitest';
import { gatherSettings } from '../../../src/cli/settings/gather.js';
import { readSetting } from '../../../src/cli/settings/read.js';
import { asSearchSettings } from '../../../src/cli/settings/search-settings.js';
import { environmentName, type SettingKind } from '../../../src/cli/settings/setting.js';
import { SETTINGS } from '../../../src/cli/settings/table.js';
import { completeConfiguration, SETTING_NAMES } from '../../../src/search/configuration.js';
import { fakeTerminal } from './fake-terminal.js';

const read = (kind: SettingKind, text: string | boolean | string[]) =>
  readSetting({ flag: 'x', kind, summary: '', places: ['x'] }, '--x', text);

describe('reading a setting', () => {
  test('gives a value of its kind', () => {
    expect(read('number', '0.05')).toBe(0.05);
    expect(read('list', ['onnx,json', 'torch'])).toEqual(['onnx', 'json', 'torch']);
    expect(read('list', 'none')).toEqual([]);
    expect(read('pairs', ['population=20', 'name=a=b', 'on=true'])).toEqual({ population: 20, name: 'a=b', on: true });
    expect(read('options', ['predictor=mlp,predictorOptions.widths=[64,32]', 'predictorOptions.epochs=9'])).toEqual({
      predictor: 'mlp',
      predictorOptions: { widths: [64, 32], epochs: 9 },
    });
    expect([read('switch', true), read('switch', 'off')]).toEqual([true, false]);
  });

  test.each([
    ['number', ''],
    ['number', 'Infinity'],
    ['number', '1,5'],
    ['switch', 'maybe'],
    ['pairs', '=3'],
    ['text', ' '],
  ] as const)('refuses %s %j', (kind, text) => {
    expect(() => read(kind, text)).toThrow(/^Expected --x to be .*, got/);
  });
});

describe('the table of settings', () => {
  test('has a flag for every field of a configuration', () => {
    const fields = new Set(SETTINGS.flatMap(({ places }) => places.map((place) => place.split('.')[0])));
    expect(SETTING_NAMES.filter((name) => !fields.has(name))).toEqual([]);
  });

  test('has every flag once, with its environment variable', () => {
    expect(new Set(SETTINGS.map(({ flag }) => flag)).size).toBe(SETTINGS.length);
    expect(environmentName({ flag: 'warmup-epochs' })).toBe('NASCENT_WARMUP_EPOCHS');
  });
});

describe('gathering settings', () => {
  const gather = (flags: Record<string, unknown>, environment: Record<string, string> = {}) =>
    gatherSettings(fakeTerminal({ environment, folder: '/' }), SETTINGS, flags);

  test('puts each at its places; the one of one place wins over the one of two', async () => {
    expect(await gather({ channels: '8', trainChannels: '4', flip: false, epochs: '3' })).toEqual({
      scoreSkeleton: { channels: 8 },
      trainSkeleton: { channels: 4 },
      recipe: { epochs: 3, augmentation: { flip: false } },
    });
  });

  test('puts flags over the environment, field by field, but options of a sampler as a whole', async () => {
    const environment = {
      NASCENT_EPOCHS: '9',
      NASCENT_CROP: '2',
      NASCENT_SAMPLER_OPTION: 'population=20',
      NASCENT_SEED: '',
    };
    expect(await gather({ epochs: '3', samplerOption: ['tournament=2'] }, environment)).toEqual({
      recipe: { epochs: 3, augmentation: { crop: 2 } },
      samplerOptions: { tournament: 2 },
    });
  });

  test('makes a sampler that learns from evaluations of a strategy', async () => {
    const learning = { sampler: 'weaknas', learnsFrom: 'evaluations' };
    expect(await gather({ strategy: 'weaknas', samplerOption: ['initial=4'] })).toEqual({
      ...learning,
      samplerOptions: { initial: 4 },
    });
    expect(await gather({ strategy: 'weaknas', learnsFrom: 'evaluations' })).toEqual(learning);
    // A flag wins over the environment, whichever of the two ways each takes.
    expect(await gather({ strategy: 'weaknas' }, { NASCENT_SAMPLER: 'random' })).toEqual(learning);
    expect(await gather({ sampler: 'random' }, { NASCENT_STRATEGY: 'weaknas' })).toMatchObject({ sampler: 'random' });
  });

  test.each([
    [{ sampler: 'random' }, 'Expected a strategy to be given without a sampler, for it is one, got "random".'],
    [{ learnsFrom: 'scores' }, 'Expected a strategy to be one that learns from evaluations, got "scores".'],
  ])('refuses a strategy with %j', async (flags, sentence) => {
    await expect(gather({ strategy: 'weaknas', ...flags })).rejects.toThrow(sentence);
  });

  test('makes one recipe of a named one and changes to it', async () => {
    const settings = await asSearchSettings(await gather({ recipe: 'nas-bench-201', epochs: '12', cutout: '8' }));
    const { recipe } = await completeConfiguration(settings);
    expect(recipe).toMatchObject({ epochs: 12, batchSize: 256, augmentation: { crop: 4, flip: true, cutout: 8 } });
  });
});
