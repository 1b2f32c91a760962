/**
 * How well do training-free scores rank the cells of a table, and does joining two of them help? Beside them stand parameters and
 * multiply-adds, which cost nothing.
 *
 *     npx tsx examples/correlate.ts                                                            a table of invented accuracies
 *     npx tsx examples/correlate.ts nas-bench-201.csv.gz cifar10:cifar-10-batches-bin          a table of NAS-Bench-201, and real images
 *     npx tsx examples/correlate.ts --quick                                                    tiny, seconds
 */
import { writeFileSync } from 'node:fs';
import { correlate, random, resolve } from '../src/index.js'; // from 'nascent', where it is installed

const quick = process.argv.includes('--quick');
const [table, data = 'synthetic:train=400,test=100'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));

const result = await correlate(
  {
    space: 'nas-bench-201',
    table: table ?? (await inventedTable('example-accuracies.csv', 200)),
    dataset: 'cifar10',
    data,
    metrics: ['naswot', 'synflow'],
    fusions: [{ name: 'both', rule: 'log-rank', of: ['naswot', 'synflow'] }],
    population: 'live',
    count: quick ? 12 : 60,
    ...(quick && { scoreBatch: 8, scoreSkeleton: { channels: 4, cells: 1 }, bootstrap: 100 }),
    // Scores that are in this file are not computed again.
    ledger: 'example.sqlite',
  },
  ({ done, of }) => {
    if (done % 10 === 0) console.log(`${done} of ${of} scored`);
  },
);

const { dataset, split, epochs } = result.accuracy;
console.log(`${result.count} cells, ${dataset} ${split} accuracy after ${epochs} epochs`);
for (const { metric, kendall, kendallInterval, failures } of result.metrics) {
  const [low, high] = kendallInterval ?? [Number.NaN, Number.NaN];
  console.log(
    `${metric}: τ ${kendall.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}], ${failures} without a score`,
  );
}

/** A neutral CSV file of random cells. Its accuracies are invented: the more convolutions the better, and some noise. */
async function inventedTable(path: string, count: number): Promise<string> {
  const space = (await resolve('spaces', 'nas-bench-201'))();
  const stream = random('invented accuracies');
  const cells = stream.sample([...space.enumerate!()], count).map(space.format);
  const accuracyOf = (cell: string) => 70 + 3 * cell.split('nor_conv').length + stream.child(cell).normal();
  const lines = cells.map((cell) => `${cell},${accuracyOf(cell).toFixed(2)}`);
  // The column's name says it all: CIFAR-10, test, after 200 epochs.
  writeFileSync(path, `${['arch,c10_test_200', ...lines].join('\n')}\n`);
  return path;
}
