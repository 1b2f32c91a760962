/**
 * A training-free score of one's own: the number of ReLUs. It is added to the catalogue of this process, so jobs run here
 * (`inlinePool`) and not in worker threads, which do not know it.
 *
 *     npx tsx examples/own-metric.ts [--quick]
 */
import { catalog, inlinePool, type Metric, search } from '../src/index.js'; // from 'nascent', where it is installed

const reluCount: Metric = {
  name: 'relu-count',
  summary: 'number of ReLUs',
  source: 'none: an example',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: false,
  // One score for all cells whose ReLUs read the same: the number of them is then the same too.
  sees: 'activations',
  write: (program) => {
    const { activations } = program.pass();
    // Nothing has to be computed: see src/score for metrics that read values of the program.
    return { outputs: {}, score: () => ({ value: activations.length }) };
  },
};
catalog.metrics['relu-count'] = async () => reluCount;

const quick = process.argv.includes('--quick');
const pool = inlinePool();
try {
  const run = search({
    metric: 'relu-count',
    pool,
    count: quick ? 10 : 100,
    train: 1,
    ledger: 'example.sqlite',
    formats: [],
    ...(quick && {
      data: 'synthetic:train=200,test=100',
      trainSkeleton: { channels: 4, cells: 1 },
      scoreBatch: 16,
      recipe: { epochs: 1, batchSize: 32 },
    }),
  });
  const { best } = await run.result;
  console.log('best of those with the most', best?.architecture, best?.measures.validationAccuracy?.value);
} finally {
  await pool.close();
}
