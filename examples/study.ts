/**
 * Two strategies over a few seeds on a table of results: how many cells does each look up until it has the best one?
 *
 *     npx tsx examples/study.ts                                          on a small table of invented accuracies
 *     npx tsx examples/study.ts nas-bench-201.csv.gz                     on a table of NAS-Bench-201 that has CIFAR-10
 *     npx tsx examples/study.ts --quick                                  tiny, seconds
 */
import { writeFileSync } from 'node:fs';
import { random, resolve, study } from '../src/index.js'; // from 'nascent', where it is installed

const quick = process.argv.includes('--quick');
const given = process.argv.slice(2).find((word) => !word.startsWith('--'));

const result = await study(
  {
    space: 'nas-bench-201',
    table: given ?? (await inventedTable('example-table.csv', quick ? 150 : 1000)),
    dataset: 'cifar10',
    strategies: ['nascent', 'random'],
    seeds: quick ? 3 : 10,
    // Runs that are in this file are not run again.
    ledger: 'example.sqlite',
  },
  ({ strategy, seed, samplesToOptimum }) =>
    console.log(`${strategy}, seed ${seed}: ${samplesToOptimum ?? 'not found'}`),
);

for (const { name, successes, seeds, meanSamples } of result.strategies) {
  const found = `the best of ${result.architectures} in ${successes} of ${seeds} runs`;
  // A run that did not find it counts as the most that it was allowed, 500.
  console.log(`${name}: ${found}, after ${meanSamples.toFixed(1)} evaluations on average`);
}

/**
 * A neutral CSV file of random cells. Its accuracies are invented: the more convolutions the better, and some noise, which
 * is easier for a strategy that begins with large cells than a real table is.
 */
async function inventedTable(path: string, count: number): Promise<string> {
  const space = (await resolve('spaces', 'nas-bench-201'))();
  const stream = random('invented table');
  const cells = stream.sample([...space.enumerate!()], count).map(space.format);
  const accuracyOf = (cell: string) => 70 + 3 * cell.split('nor_conv').length + stream.child(cell).normal() / 2;
  const lines = cells.map((cell) => `${cell},${accuracyOf(cell).toFixed(2)}`);
  // The column's name says it all: CIFAR-10, validation, after 200 epochs.
  writeFileSync(path, `${['arch,c10_val_200', ...lines].join('\n')}\n`);
  return path;
}
