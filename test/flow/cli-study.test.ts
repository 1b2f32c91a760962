/** `nascent study`, as a user runs it, on a table of some hundred rows. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../src/base/hash.js';
import { CELL, jsonLines, nascent, startNascent, temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();
const space = nasBench201();
const cells = [...space.enumerate!()].filter((_, i) => i % 60 === 2);
const HEADING = 'arch,c10_val_12,c10_val_200,c100_test_200,in16_val_200';

/** Percent; the best is row 99. */
const accuracies = cells.map((cell, row) => {
  const convolutions = cell.filter((operation) => operation.startsWith('nor_conv')).length;
  return row === 99 ? 95 : 60 + 5 * convolutions + hash32(space.format(cell)) / 2 ** 32;
});

const lines = cells.map((cell, row) => {
  const value = accuracies[row];
  // Every tenth has no accuracy on ImageNet.
  return [space.format(cell), 50 + row / 10, value, value - 20, row % 10 === 0 ? '' : value / 2].join();
});

const write = (name: string, ...rows: readonly string[]) => writeFileSync(join(folder, name), `${rows.join('\n')}\n`);

beforeAll(() => {
  write('table.csv', HEADING, ...lines);
});

const STUDY = ['study', '--space', 'nas-bench-201', '--table', 'table.csv', '--dataset', 'cifar10'];

interface Summary {
  readonly type?: string;
  readonly strategies: readonly { name: string; seeds: number; successRate: number; meanSamples: number }[];
}

async function run(...words: string[]): Promise<string> {
  const ended = await nascent([...STUDY, ...words], { folder });
  // Where it takes long, stderr says how far it is.
  expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('nascent:') });
  return ended.stdout;
}

describe('a study', () => {
  const words = [
    '--strategy',
    'random,evolution,nascent',
    '--seeds',
    '3',
    '--samples',
    '40',
    '--ledger',
    'kept.sqlite',
  ];

  test('says every run and the whole with --json, and takes it from the ledger when asked again', async () => {
    const told = jsonLines<Summary & Record<string, unknown>>(await run(...words, '--json'));
    const runs = told.slice(0, -1);
    expect(runs.map(({ type, done, of, reused }) => [type, done, of, reused])).toEqual(
      Array.from({ length: 9 }, (_, i) => ['study-run', i + 1, 9, false]),
    );
    const whole = told[told.length - 1];
    expect(whole).toMatchObject({
      ...{ space: 'nas-bench-201', dataset: 'cifar10', epochs: 200, architectures: cells.length },
      optimum: { validation: 0.95, rows: [99], architectures: [space.format(cells[99])], count: 1 },
    });
    expect(whole).not.toHaveProperty('runs');
    for (const { architecture, validation } of runs) {
      const row = cells.findIndex((cell) => space.format(cell) === architecture);
      expect(validation).toBeCloseTo(accuracies[row] / 100, 9);
    }
    expect(whole.strategies.map(({ name }) => name)).toEqual(['random', 'evolution', 'nascent']);
    for (const { name, seeds, successRate, meanSamples } of whole.strategies) {
      const found = runs.flatMap(({ strategy, samplesToOptimum }) =>
        strategy === name && samplesToOptimum !== undefined ? [Number(samplesToOptimum)] : [],
      );
      expect(seeds).toBe(3);
      expect(successRate).toBeCloseTo(found.length / 3, 12);
      expect(meanSamples).toBeCloseTo((found.reduce((sum, n) => sum + n, 0) + 40 * (3 - found.length)) / 3, 9);
    }

    const again = jsonLines<Summary & Record<string, unknown>>(await run(...words, '--json'));
    expect(again.slice(0, -1).every(({ reused }) => reused)).toBe(true);
    const seconds = ({ seconds: _, ...rest }: Record<string, unknown>) => rest;
    expect(seconds(again[9] as never)).toEqual(seconds(whole as never));

    const text = await run(...words);
    expect(text).toMatch(
      /^nas-bench-201, cifar10: the best of 261 of 15,625 architectures .* 200 epochs \(mean\) has 95\.00 % \(row 99\)$/m,
    );
    for (const name of ['random', 'evolution', 'nascent']) expect(text).toMatch(new RegExp(`^${name} +3 +`, 'm'));
  });

  test('on another data set searches the rows that have an accuracy', async () => {
    const [whole] = jsonLines<Record<string, unknown>>(
      await run('--dataset', 'imagenet16-120', '--strategy', 'random', '--seeds', '1', '--samples', '5', '--json'),
    ).slice(-1);
    expect(whole).toMatchObject({
      dataset: 'imagenet16-120',
      architectures: cells.length - Math.ceil(cells.length / 10),
    });
  });

  test('on single trainings says which, in words and in its files', async () => {
    const seconds = accuracies.map((value, row) => (row % 5 === 0 ? '' : value - (row % 7)));
    const [first, ...rest] = [`${HEADING},c10_val_200_s888,c10_val_200_s999`].concat(
      lines.map((line, row) => [line, accuracies[row], seconds[row]].join()),
    );
    write('trials.csv', first, ...rest);
    const words = [
      '--table',
      'trials.csv',
      '--strategy',
      'random',
      '--seeds',
      '2',
      '--samples',
      '300',
      '--ledger',
      'trials.sqlite',
    ];
    expect(await run(...words, '--trial', 'random')).toMatch(
      /^nas-bench-201, cifar10: the best of 261 of 15,625 architectures by validation after 200 epochs \(a random trial of each in every run\)$/m,
    );
    const text = await run(...words, '--trial', '999', '--output', 'of-999');
    expect(text).toMatch(
      /the best of 208 of 15,625 architectures by validation after 200 epochs \(trial 999\) has 94\.00 % \(row 99\)$/m,
    );
    const kept = JSON.parse(readFileSync(join(folder, 'of-999', 'study.json'), 'utf8'));
    expect(kept).toMatchObject({ trial: 999, architectures: 208, runs: [{ seed: 1 }, { seed: 2 }] });
    for (const name of ['regret', 'samples']) {
      expect(readFileSync(join(folder, 'of-999', `${name}.svg`), 'utf8')).toContain('after 200 epochs (trial 999)');
      expect(
        readFileSync(join(folder, 'of-999', `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
  });

  test('of a published table prints measured beside published, and says what the table lacks', async () => {
    const given = ['--preset', 'weaknas-table', '--strategy', 'random', '--seeds', '2', '--ledger', 'preset.sqlite'];
    const words = ['study', '--space', 'nas-bench-201', '--table', 'table.csv', ...given, '--output', 'preset'];
    const { code, stdout } = await nascent(words, { folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Mean samples to the validation optimum \(mean samples\)\nPublished: WeakNAS .*\n\nnas-bench-201\ndata set +trial +strategy/,
    );
    expect(stdout).toMatch(/^cifar10 +mean +random +7,782 +\d[\d.]* +100\.00 % +2 +261 +a b$/m);
    expect(stdout).toMatch(/^a: 261 of 15,625 architectures\nb: 2 seeds, the preset has 100$/m);
    expect(stdout).toMatch(/^cifar100 +random +7,621 +- +c$/m);
    expect(stdout).toMatch(
      /^c: the table has test accuracies of cifar100, but none of validation: "nascent table import" [\s\S]* NATS-tss-/m,
    );
    expect(stdout).toMatch(/^nas-bench-101\n.*\ncifar10 +random +188,140 +- +e$/m);
    expect(stdout).toMatch(
      /^e: the table is of nas-bench-201: [\s\S]* nasbench_only108\.tfrecord or\s+nasbench_full\.tfrecord$/m,
    );
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    expect(readdirSync(join(folder, 'preset')).sort()).toEqual(
      ['cifar10', 'imagenet16-120', 'regret-cifar10', 'regret-imagenet16-120']
        .flatMap((name) => [`${name}.png`, `${name}.svg`])
        .concat('study.json'),
    );
    const kept = JSON.parse(readFileSync(join(folder, 'preset', 'study.json'), 'utf8'));
    expect(kept).toMatchObject({ preset: 'weaknas-table', studies: [{ trial: 'mean' }, { trial: 'mean' }] });
  });

  test('by the epochs and options that are asked for', async () => {
    const given = ['--epochs', '12', '--strategy', 'weaknas,local-search', '--to-the-end', '--samples', '15'];
    const chosen = ['weaknas.predictor=ridge', 'weaknas.initial=5', 'local-search.initial=3'];
    const flags = chosen.flatMap((option) => ['--strategy-option', option]);
    const whole = jsonLines<Summary & Record<string, unknown>>(await run(...given, ...flags, '--seeds', '1', '--json'));
    expect(whole[whole.length - 1]).toMatchObject({
      epochs: 12,
      strategies: [
        { name: 'weaknas', options: { predictor: 'ridge', initial: 5 } },
        { name: 'local-search', options: { initial: 3 } },
      ],
    });
  });

  test('stops on Ctrl-C, and the same command goes on', async () => {
    const many = [...STUDY, '--strategy', 'nascent', '--seeds', '60', '--samples', '60', '--workers', '1', '--json'];
    const words = [...many, '--ledger', 'stopped.sqlite', '--to-the-end'];
    const first = startNascent(words, { folder });
    await first.waitFor('"done":2');
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    const done = jsonLines((await first.ended).stdout).length;
    expect(done).toBeLessThan(60);
    const second = startNascent(words, { folder });
    await second.waitFor(`"done":${done}`);
    second.child.kill('SIGINT');
    const { stdout } = await second.ended;
    const reused = jsonLines<{ reused: boolean }>(stdout).filter((each) => each.reused);
    expect(reused).toHaveLength(done);
  });
});

describe('bad input is one sentence, and leaves no ledger', () => {
  async function refusal(words: readonly string[]): Promise<string> {
    const before = readdirSync(folder);
    const ended = await nascent([...words, '--ledger', 'none.sqlite'], { folder });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^nascent: [^\n]+\n$/);
    expect(readdirSync(folder)).toEqual(before);
    return ended.stderr.slice('nascent: '.length).trimEnd();
  }

  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown strategy', ['--strategy', 'random,evolutoin'], /got "evolutoin"\. Did you mean "evolution"\?$/],
    ['a strategy twice', ['--strategy', 'random,random'], /to be named differently, got \["random","random"\]\.$/],
    [
      'an unknown data set',
      ['--dataset', 'cifar-10'],
      /^Expected `dataset` .*got "cifar-10"\. Did you mean "cifar10"\?$/,
    ],
    [
      'a data set of test accuracies alone',
      ['--dataset', 'cifar100'],
      /one of cifar10, imagenet16-120, of which .*, got "cifar100", of which it has test accuracies only\.$/,
    ],
    ['epochs that the table has not', ['--epochs', '90'], /one of 12, 200, which the table has for cifar10, got 90\.$/],
    ['no number of epochs', ['--epochs', 'many'], /^Expected --epochs to be a number, got "many"\.$/],
    ['no trial', ['--trial', 'men'], /^Expected `trial` to be one of mean, random, .* Did you mean "mean"\?$/],
    [
      'random trials that the table has not',
      ['--trial', 'random'],
      /^Expected `trial` to be one of mean, which the table has for cifar10 after 200 epochs, got "random"\.$/,
    ],
    ['a trial that the table has not', ['--trial', '777'], /^Expected `trial` to be one of mean, which .*, got 777\.$/],
    ['a missing table', ['--table', 'nowhere.csv'], /nowhere\.csv" to exist, got nothing there\.$/],
    [
      'seeds that end before they begin',
      ['--seeds', '9-3'],
      /^Expected `seeds.last` to be a whole number from 9 to 1000000, got 3\.$/,
    ],
    ['zero seeds', ['--seeds', '0'], /^Expected `seeds` to be a whole number from 1 to 1000000, got 0\.$/],
    ['zero samples', ['--samples', '0'], /^Expected `samples` to be a whole number of at least 1, got 0\.$/],
    [
      'an option of a strategy that does not run',
      ['--strategy', 'random', '--strategy-option', 'evolution.population=5'],
      /^Expected --strategy-option to be STRATEGY\.KEY=VALUE of one of random, got "evolution\.population=5"\.$/,
    ],
    [
      'an unknown strategy of a preset',
      ['--preset', 'weaknas-table', '--strategy', 'rndom'],
      /Did you mean "random"\?$/,
    ],
    [
      'an unknown data set of a preset',
      ['--preset', 'weaknas-table', '--dataset', 'cifar11'],
      /Did you mean "cifar10"\?$/,
    ],
    ['no option', ['--strategy-option', 'nascent'], /^Expected --strategy-option to be STRATEGY\.KEY=VALUE/],
    [
      'an output that is a file',
      ['--output', 'table.csv'],
      /^Expected --output to be a folder .*table\.csv" \(ENOTDIR/,
    ],
    ['another space', ['--space', 'nas-bench-101'], /to be a table of nas-bench-101, got one of nas-bench-201\.$/],
  ];
  test.each(cases)('%s', async (_, words, sentence) => {
    expect(await refusal([...STUDY, ...words])).toMatch(sentence);
  });

  const files: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a doubled architecture', [...lines, lines[3]], /to hold every architecture once, got \|.* again in line 263\.$/],
    [
      'a label that is NaN',
      [...lines.slice(1), `${CELL},50,nan,1,1`],
      /numbers in column c10_val_200, got "nan" in line/,
    ],
    [
      'an accuracy out of range',
      [...lines.slice(1), `${CELL},50,100.5,1,1`],
      /accuracies from 0 to 100 in column c10_val_200, got 100\.5 in line 262\.$/,
    ],
    ['a truncated line', [...lines, `${CELL},50`], /5 fields a line, got 2 in line 263\.$/],
  ];
  test.each(files)('a table with %s', async (name, rows, sentence) => {
    const file = `${name}.csv`;
    write(file, HEADING, ...rows);
    expect(await refusal([...STUDY, '--table', file])).toMatch(sentence);
  });

  test('no table or no data set', async () => {
    expect(await refusal(['study', '--dataset', 'cifar10'])).toMatch(
      /^Expected --table to name a file, got nothing\.$/,
    );
    expect(await refusal(['study', '--table', 'table.csv'])).toMatch(
      /^Expected --dataset to name a data set .*nothing\./,
    );
  });

  test('an unknown option of a strategy, which the strategy itself refuses', async () => {
    const words = [...STUDY, '--strategy', 'random,evolution', '--strategy-option', 'evolution.populatoin=5'];
    expect(await refusal(words)).toMatch(/^Strategy evolution: .* got "populatoin"\. Did you mean "population"\?$/);
  });

  test('a strategy that needs scores, without data for them', async () => {
    expect(await refusal([...STUDY, '--strategy', 'random,area'])).toMatch(
      /^Strategy area: Expected `data` for the scores to be given, .* got nothing\.$/,
    );
  });
});
