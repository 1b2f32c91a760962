/**
 * A search that learns from its trainings: WeakNAS draws a few cells, then fits a predictor to what came of them, ranks the whole space
 * by it, trains some of the best predicted, and so on.
 *
 *     npx tsx examples/weak-predictors.ts            30 trainings
 *     npx tsx examples/weak-predictors.ts --quick    tiny, seconds
 */
import { search } from '../src/index.js'; // from 'nascent', where it is installed

const quick = process.argv.includes('--quick');

const run = search({
  sampler: 'weaknas',
  samplerOptions: { predictor: 'ridge', initial: quick ? 4 : 10, batch: quick ? 2 : 5 },
  // Each proposal is trained, and the sampler is told its validation accuracy; with 'scores', the default, it is told its score.
  learnsFrom: 'evaluations',
  train: quick ? 10 : 30,
  ledger: 'example.sqlite',
  formats: [],
  ...(quick && {
    data: 'synthetic:train=200,test=100',
    scoreSkeleton: { channels: 4, cells: 1 },
    trainSkeleton: { channels: 4, cells: 1 },
    scoreBatch: 16,
    recipe: { epochs: 1, batchSize: 32 },
  }),
});

for await (const event of run) {
  if (event.type === 'evaluation-finished') {
    console.log(`evaluation ${event.evaluation}: ${event.measures?.validationAccuracy.value ?? event.failure}`);
  }
  if (event.type === 'predictor-fitted') {
    const { iteration, labels, ranked, rankCorrelation } = event;
    console.log(
      `fit ${iteration} to ${labels} evaluations ranks ${ranked} cells; so far ρ = ${rankCorrelation ?? '-'}`,
    );
  }
}

const { best } = await run.result;
console.log('best', best?.architecture, 'validation accuracy', best?.measures.validationAccuracy.value);
