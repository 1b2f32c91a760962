/** The options of a study, checked before anything is opened. */
import range from 'lodash/range.js';
import { describe, expect, test } from 'vitest';
import { checkedStudy, type StudyOptions } from '../../../src/study/options.js';

const GIVEN: StudyOptions = {
  space: 'nas-bench-201',
  table: 'table.csv',
  dataset: 'cifar10',
  strategies: ['random'],
};

describe('defaults', () => {
  test('are filled in, also for what is given as undefined', () => {
    expect(checkedStudy({ ...GIVEN, seeds: undefined, ledger: undefined })).toMatchObject({
      ...GIVEN,
      strategies: [{ name: 'random', sampler: 'random', options: {} }],
      ...{ seeds: range(1, 101), samples: 500, toTheEnd: false, metric: 'naswot', scoreBatch: 128, scoreSeed: 1 },
      ...{ scoreBudget: 500, engine: 'onnxruntime', ledger: 'nascent.sqlite' },
    });
  });

  test('propose one thing at a time, unless told otherwise', () => {
    const { strategies } = checkedStudy({
      ...GIVEN,
      strategies: [
        'evolution',
        'area',
        'nascent',
        { name: 'slow', sampler: 'evolution', options: { lag: 7, population: 3 } },
      ],
    });
    expect(strategies.map(({ name, options }) => [name, options])).toEqual([
      ['evolution', { lag: 1 }],
      ['area', { lag: 1 }],
      ['nascent', { batch: 1 }],
      ['slow', { lag: 7, population: 3 }],
    ]);
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [Partial<Record<keyof StudyOptions | 'sede', unknown>>, string])[] = [
    [{ space: '' }, 'Expected `space` to be a name, got "".'],
    [{ table: undefined }, 'Expected `table` to be a name, got nothing.'],
    [{ dataset: 10 }, 'Expected `dataset` to be a name, got 10.'],
    [{ epochs: 0 }, 'Expected `epochs` to be a whole number of at least 1, got 0.'],
    [{ trial: 'rndom' }, 'to be one of mean, random, the number of a trial, got "rndom". Did you mean "random"?'],
    [{ trial: -1 }, 'Expected `trial` to be a whole number of at least 0, got -1.'],
    [{ trial: 7.5 }, 'Expected `trial` to be a whole number of at least 0, got 7.5.'],
    [{ seeds: 0 }, 'Expected `seeds` to be a whole number from 1 to 1000000, got 0.'],
    [{ seeds: { first: 0, last: 3 } }, 'Expected `seeds.first` to be a whole number from 1 to 1000000, got 0.'],
    [{ seeds: { first: 4, last: 3 } }, 'Expected `seeds.last` to be a whole number from 4 to 1000000, got 3.'],
    [{ seeds: 'few' }, 'Expected `seeds` to be a number or { first, last }, got "few".'],
    [{ seeds: 2.5 }, 'Expected `seeds` to be a whole number from 1 to 1000000, got 2.5.'],
    [{ samples: 0 }, 'Expected `samples` to be a whole number of at least 1, got 0.'],
    [{ scoreBatch: 1 }, 'Expected `scoreBatch` to be a whole number from 2 to 4096, got 1.'],
    [{ scoreBudget: -1 }, 'Expected `scoreBudget` to be a whole number of at least 0, got -1.'],
    [{ workers: 0 }, 'Expected `workers` to be a whole number from 1 to 1024, got 0.'],
    [{ sede: 4 }, 'got "sede". Did you mean "seeds"?'],
    [{ ledger: 5 }, 'Expected `ledger` to be a name, got 5.'],
    [{ data: 5 }, 'Expected `data` to be a name, got 5.'],
    [{ toTheEnd: 'yes' }, 'Expected `toTheEnd` to be true or false, got "yes".'],
    [{ strategies: [null] }, 'Expected each of `strategies` to be a name, or { name, sampler, options }, got null.'],
    [{ strategies: [3] }, 'Expected each of `strategies` to be a name, or { name, sampler, options }, got 3.'],
    [{ strategies: [] }, 'Expected `strategies` to be one or more of random, evolution,'],
    [{ strategies: 'random' }, 'Expected `strategies` to be one or more of random, evolution,'],
    [{ strategies: ['randm'] }, 'got "randm". Did you mean "random"?'],
    // It proposes what it is told to: there is nothing to compare.
    [{ strategies: ['given'] }, 'Expected the strategy to be one of random, evolution, area, '],
    [{ strategies: [{ name: 'mine' }] }, 'to be a name, or { name, sampler, options }, got {"name":"mine"}.'],
    [{ strategies: ['random', 'random'] }, 'Expected `strategies` to be named differently, got ["random","random"].'],
  ];
  test.each(cases)('%j', (options, sentence) => {
    expect(() => checkedStudy({ ...GIVEN, ...options } as StudyOptions)).toThrow(sentence);
  });
});
