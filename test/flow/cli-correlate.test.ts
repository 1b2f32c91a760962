/** `nascent correlate`, as a user runs it, on a table of some cells. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../src/base/hash.js';
import { jsonLines, nascent, startNascent, temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();
const space = nasBench201();
const cells = [...space.enumerate!()].filter((_, i) => i % 400 === 8);

/** Percent. */
const accuracies = cells.map((cell) => {
  const convolutions = cell.filter((operation) => operation.startsWith('nor_conv')).length;
  return 60 + 5 * convolutions + hash32(space.format(cell)) / 2 ** 32;
});

beforeAll(() => {
  const lines = cells.map((cell, row) =>
    [space.format(cell), accuracies[row] - 1, accuracies[row], 50 + row / 10].join(),
  );
  writeFileSync(join(folder, 'table.csv'), `${['arch,c10_val_200,c10_test_200,c10_test_12', ...lines].join('\n')}\n`);
});

const CORRELATE = [
  ...['correlate', '--space', 'nas-bench-201', '--table', 'table.csv', '--dataset', 'cifar10'],
  ...['--data', 'synthetic:train=100,test=20', '--score-batch', '8', '--score-channels', '4', '--score-cells', '1'],
];

async function run(...words: string[]): Promise<string> {
  const ended = await nascent([...CORRELATE, ...words], { folder });
  expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('nascent:') });
  return ended.stdout;
}

interface Line {
  readonly metric: string;
  readonly kendall: number;
  readonly spearman: number;
  readonly accuracy: object;
}

/** Scores in the ledger, without the times they took. */
function kept(ledger: string): object[] {
  const database = new Database(join(folder, ledger), { readonly: true });
  const rows = database.prepare<[], object>('SELECT key, architecture, value FROM study_scores ORDER BY 1, 2').all();
  database.close();
  return rows;
}

describe('a correlation', { timeout: 180_000 }, () => {
  test('says a metric a line with --json, writes numbers and pictures, and takes scores from the ledger', async () => {
    const words = ['--metric', 'naswot,synflow', '--fuse', 'both=log-rank(naswot,synflow)', '--ledger', 'kept.sqlite'];
    const lines = jsonLines<Line>(await run(...words, '--seed', '3', '--json', '--output', 'out'));
    expect(lines.map(({ metric }) => metric)).toEqual(['naswot', 'synflow', 'parameters', 'multiply-adds', 'both']);
    for (const line of lines) {
      expect(line).toMatchObject({ kendall: expect.any(Number), spearman: expect.any(Number), populationSize: 40 });
      expect(line.accuracy).toMatchObject({ dataset: 'cifar10', split: 'test', epochs: 200 });
      expect(line).not.toHaveProperty('scores');
    }
    const whole = JSON.parse(readFileSync(join(folder, 'out/correlation.json'), 'utf8'));
    expect(whole.metrics[0].scores[0]).toHaveLength(40);
    const pictures = ['kendall', 'spearman', 'spearman-top', ...lines.map(({ metric }) => `scatter-${metric}`)];
    const files = pictures.flatMap((name) => [`${name}.svg`, `${name}.png`]);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['correlation.json', ...files].sort());

    const before = kept('kept.sqlite');
    const text = await run(...words, '--seed', '3');
    expect(kept('kept.sqlite')).toEqual(before);
    expect(text).toMatch(/^nas-bench-201: scores against cifar10 test accuracy after 200 epochs \(mean\)$/m);
    expect(text).toMatch(/^all 40 architectures; one batch of 8 images, 1 initialisation$/m);
    for (const { metric } of lines) expect(text).toMatch(new RegExp(`^${metric} +-?\\.\\d{3} +\\[`, 'm'));
  });

  test('of given architectures, live ones, by other accuracies, over seeds and batches', async () => {
    writeFileSync(join(folder, 'cells.txt'), cells.slice(0, 30).map(space.format).join('\n'));
    const words = [
      '--arch-file',
      'cells.txt',
      '--population',
      'live',
      '--split',
      'validation',
      '--seeds',
      '2',
      '--batches',
      '2',
    ];
    const lines = jsonLines<Record<string, unknown>>(
      await run(...words, '--metric', 'naswot', '--best-of', '1,3', '--top', '.5', '--bootstrap', '0', '--json'),
    );
    expect(lines[0]).toMatchObject({
      ...{ metric: 'naswot', population: 'live', accuracy: { split: 'validation', epochs: 200 } },
      ...{ repeats: { length: 4 }, top: { share: 0.5 }, bestOf: [{ k: 1 }, { k: 3 }] },
      ...{ kendallDeviation: expect.any(Number), agreement: expect.any(Number) },
    });
    expect(lines[0].populationSize).toBeLessThan(30);
    expect(lines[0]).not.toHaveProperty('kendallInterval');
  });

  test('killed at any moment goes on by the same command, to the same numbers', async () => {
    const words = ['--metric', 'naswot,snip', '--count', '40', '--json'];
    const first = startNascent([...CORRELATE, ...words, '--ledger', 'killed.sqlite'], { folder });
    while (!existsSync(join(folder, 'killed.sqlite')) || scoresIn('killed.sqlite') < 4) {
      if (first.child.exitCode !== null) throw new Error(JSON.stringify(await first.ended));
      await new Promise((later) => setTimeout(later, 20));
    }
    first.child.kill('SIGKILL');
    await first.ended;
    const before = kept('killed.sqlite');
    const after = jsonLines<object>(await run(...words, '--ledger', 'killed.sqlite'));
    expect(kept('killed.sqlite')).toEqual(expect.arrayContaining(before));
    const whole = jsonLines<object>(await run(...words, '--ledger', 'other.sqlite'));
    expect(before.length).toBeLessThan(kept('other.sqlite').length);
    const lasting = (line: object) => ({ ...line, seconds: 0 });
    expect(after.map(lasting)).toEqual(whole.map(lasting));
    expect(kept('killed.sqlite')).toEqual(kept('other.sqlite'));
  });
});

/** 0 while the ledger is being made. */
function scoresIn(ledger: string): number {
  try {
    return kept(ledger).length;
  } catch {
    return 0;
  }
}

describe('bad input is one sentence, and leaves no ledger', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown metric', ['--metric', 'naswot,snpi'], /got "snpi"\. Did you mean "snip"\?$/],
    ['an unknown data set', ['--dataset', 'cifar-10'], /got "cifar-10"\. Did you mean "cifar10"\?$/],
    [
      'a split that the table has not',
      ['--split', 'train'],
      /^Expected `split` of cifar10 to be one of validation, test/,
    ],
    ['no split', ['--split', 'tset'], /^Expected `split` .*got "tset"\. Did you mean "test"\?$/],
    ['epochs that the table has not', ['--epochs', '90'], /one of 12, 200, got 90\.$/],
    ['an unknown population', ['--population', 'alive'], /got "alive"\. Did you mean "live"\?$/],
    ['more than there are', ['--count', '41'], /to be from 2 to the 40 architectures of the population, got 41\.$/],
    ['no count', ['--count', 'many'], /^Expected --count to be a number, got "many"\.$/],
    ['a share above all', ['--top', '2'], /^Expected `top` to be a share above 0 and at most 1, got 2\.$/],
    ['no number to choose among', ['--best-of', '1,x'], /^Expected --best-of to be a number, got "x"\.$/],
    [
      'no fusion',
      ['--fuse', 'log-rank(naswot)'],
      /to be of the form NAME=RULE\(METRIC,METRIC,…\), got "log-rank\(naswot\)"\.$/,
    ],
    [
      'an unknown rule',
      ['--fuse', 'x=rank(naswot,snip)'],
      /^Expected the fusion rule to be one of log-rank, vote, got "rank"\./,
    ],
    [
      'a batch beyond the data',
      ['--score-batch', '91'],
      /^Expected `scoreBatch` to be a whole number from 2 to 80, got 91\.$/,
    ],
  ];
  test.each(cases)('%s', async (_, words, sentence) => {
    const ended = await nascent([...CORRELATE, '--metric', 'naswot', ...words, '--ledger', 'none.sqlite'], { folder });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^nascent: [^\n]+\n$/);
    expect(ended.stderr.slice('nascent: '.length).trimEnd()).toMatch(sentence);
    expect(existsSync(join(folder, 'none.sqlite'))).toBe(false);
  });

  test('no data', async () => {
    const ended = await nascent(['correlate', '--table', 'table.csv', '--dataset', 'cifar10'], { folder });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(
      /^nascent: Expected --data to name the images that scores are computed on, got nothing\.\n$/,
    );
  });
});

test('refuses an output that is a file before anything is scored', async () => {
  const ended = await nascent([...CORRELATE, '--output', 'table.csv', '--ledger', 'never.sqlite'], { folder });
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/Expected --output to be a folder .*ENOTDIR/) });
  expect(existsSync(join(folder, 'never.sqlite'))).toBe(false);
});
