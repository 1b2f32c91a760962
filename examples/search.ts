/**
 * A search from a program: propose, score, train the best, export the winner.
 *
 *     npx tsx examples/search.ts            with defaults, minutes
 *     npx tsx examples/search.ts --quick    tiny, seconds
 */
import { search } from '../src/index.js'; // from 'nascent', where it is installed

const quick = process.argv.includes('--quick');

const run = search({
  space: 'nas-bench-201',
  data: quick ? 'synthetic:train=200,test=100' : 'synthetic',
  count: quick ? 6 : 100,
  train: quick ? 2 : 3,
  seed: 1,
  ledger: 'example.sqlite',
  output: 'example-models',
  ...(quick && {
    scoreSkeleton: { channels: 4, cells: 1 },
    trainSkeleton: { channels: 4, cells: 1 },
    scoreBatch: 16,
    recipe: { epochs: 1, batchSize: 32 },
  }),
});

for await (const event of run) {
  if (event.type === 'candidate-scored') console.log(`candidate ${event.candidate}: ${event.value ?? event.failure}`);
  if (event.type === 'epoch') {
    console.log(`candidate ${event.candidate}, epoch ${event.epoch}: validation ${event.validationAccuracy}`);
  }
}

const { best, artifacts } = await run.result;
console.log('best', best?.architecture, 'test accuracy', best?.measures.testAccuracy?.value);
for (const { path } of artifacts) console.log('exported', path);
