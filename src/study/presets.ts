/** Published tables as studies: what to run, and the numbers to stand beside what comes out. */
import { unknownName } from '../base/names.js';
import type { StrategyReference } from '../contracts/study.js';
import type { StrategySummary } from './statistics.js';

/** A part of a preset: strategies with one limit. */
export interface PresetPart {
  readonly strategies: readonly StrategyReference[];
  /** Most samples a run; a whole table where there is none. */
  readonly samples?: number;
}

export interface Preset {
  readonly title: string;
  readonly source: string;
  /** Of the published labels, by space. */
  readonly epochs: Readonly<Record<string, number>>;
  /** Spaces whose tables it is about, with the data sets that were published for each. */
  readonly spaces: Readonly<Record<string, readonly string[]>>;
  readonly seeds: number;
  readonly scoreBudget: number;
  /** What the published scores were computed by and on, where there are any: then `data` is needed. */
  readonly scores?: { readonly metric: string; readonly data: string; readonly batch: number };
  parts(space: string): readonly PresetPart[];
  /** What is compared: its name, the split that it is taken from beside what is searched, and how it is read off a summary. */
  readonly measure: {
    readonly name: string;
    readonly split: 'validation' | 'test';
    of(summary: StrategySummary): number | undefined;
  };
  /** By space, data set and strategy; in the measure's units. */
  readonly published: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

const strategy = (name: string, sampler: string, options: StrategyReference['options'] = {}): StrategyReference => ({
  name,
  sampler,
  options,
});

const NASWOT_DRAWS = [10, 100, 1000];

export const PRESETS: Readonly<Record<string, Preset>> = {
  'weaknas-table': {
    title: 'Mean samples to the validation optimum',
    source: 'WeakNAS (Wu et al., NeurIPS 2021), table 1, and its baselines',
    spaces: {
      'nas-bench-201': ['cifar10', 'cifar100', 'imagenet16-120'],
      'nas-bench-101': ['cifar10'],
    },
    epochs: { 'nas-bench-201': 200, 'nas-bench-101': 108 },
    seeds: 100,
    scoreBudget: 500,
    parts: () => [
      { strategies: [strategy('random', 'random'), strategy('evolution', 'evolution', { lag: 1 })] },
      { strategies: [strategy('weaknas', 'weaknas')], samples: 1000 },
      { strategies: [strategy('nascent', 'nascent', { batch: 1 })], samples: 500 },
    ],
    measure: { name: 'mean samples', split: 'validation', of: ({ meanSamples }) => meanSamples },
    published: {
      'nas-bench-201': {
        cifar10: { random: 7782, evolution: 563, weaknas: 182 },
        cifar100: { random: 7621, evolution: 438, weaknas: 78 },
        'imagenet16-120': { random: 7726, evolution: 715, weaknas: 268 },
      },
      'nas-bench-101': { cifar10: { random: 188_140, evolution: 87_403, weaknas: 195 } },
    },
  },
  'naswot-table2': {
    title: 'Test accuracy in percent of the best of N by score',
    source: 'NASWOT (Mellor et al., ICML 2021), table 2a; beside it the same search by parameters and by multiply-adds',
    spaces: { 'nas-bench-201': ['cifar10', 'cifar100', 'imagenet16-120'] },
    epochs: { 'nas-bench-201': 200 },
    seeds: 500,
    scoreBudget: 1000,
    // Those of CIFAR-10, for all three data sets.
    scores: { metric: 'naswot', data: 'cifar10', batch: 128 },
    parts: () => [
      {
        samples: 1,
        strategies: NASWOT_DRAWS.flatMap((draws) => [
          strategy(`naswot N=${draws}`, 'top-scored', { draws }),
          strategy(`parameters N=${draws}`, 'top-scored', { draws, by: 'parameters' }),
          strategy(`multiply-adds N=${draws}`, 'top-scored', { draws, by: 'multiplyAdds' }),
        ]),
      },
    ],
    measure: { name: 'test accuracy, %', split: 'test', of: ({ test }) => test && 100 * test.mean },
    published: {
      'nas-bench-201': {
        cifar10: { 'naswot N=10': 92.44, 'naswot N=100': 92.81, 'naswot N=1000': 92.96 },
        cifar100: { 'naswot N=10': 68.62, 'naswot N=100': 69.48, 'naswot N=1000': 69.98 },
        'imagenet16-120': { 'naswot N=10': 41.31, 'naswot N=100': 43.1, 'naswot N=1000': 44.44 },
      },
    },
  },
};

/** The official files of which "nascent table import" makes a table of a space, with all that was published of it. */
export const OFFICIAL_FILES: Readonly<Record<string, readonly string[]>> = {
  'nas-bench-201': ['NATS-tss-v1_0-3ffb9.pickle.pbz2', 'NAS-Bench-201-v1_1-096897.pth'],
  'nas-bench-101': ['nasbench_only108.tfrecord', 'nasbench_full.tfrecord'],
};

/** @throws NascentError `usage` that offers the nearest name */
export function presetNamed(name: string): Preset {
  if (!Object.hasOwn(PRESETS, name)) throw unknownName('the preset', name, Object.keys(PRESETS));
  return PRESETS[name];
}
