/**
 * A sampler of one's own: it climbs. From the best candidate so far it proposes a random neighbour; every fifth proposal is drawn anew.
 *
 *     npx tsx examples/own-sampler.ts [--quick]                          a search by it
 *     npx tsx examples/own-sampler.ts nas-bench-201.csv.gz               a study on a table that has CIFAR-10, beside random draws
 */
import maxBy from 'lodash/maxBy.js';
import {
  catalog,
  inlinePool,
  type Sampler,
  type SamplerContext,
  type SamplerFactory,
  search,
  study,
} from '../src/index.js'; // from 'nascent', where it is installed

/** A proposal is made of its own stream and of what it has seen: so the run can be resumed, and is the same for any number of workers. */
const climb: SamplerFactory = <A>({ space, random }: SamplerContext<A>): Sampler<A> => ({
  name: 'climb',
  // Each proposal waits for all before it.
  needs: (index) => index,
  propose(index, seen) {
    const stream = random.child('proposal', index);
    const best = maxBy(seen, ({ value }) => value ?? Number.NEGATIVE_INFINITY);
    if (best === undefined || index % 5 === 0) return space.sample(stream);
    return stream.pick(space.neighbours(best.architecture));
  },
});

// What ships goes through the same door.
catalog.samplers.climb = async () => climb;

const quick = process.argv.includes('--quick');
const table = process.argv.slice(2).find((word) => !word.startsWith('--'));
if (table === undefined) await searched();
else await studied(table);

/** The samplers of a search run in this process, so that its worker threads need not know them. */
async function searched(): Promise<void> {
  const run = search({
    sampler: 'climb',
    count: quick ? 8 : 50,
    train: 1,
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
    if (event.type === 'candidate-scored') {
      console.log(event.candidate, event.value ?? event.failure, event.architecture);
    }
  }
  console.log('best', (await run.result).best?.architecture);
}

/** A study's runs are at home in worker threads, which know what ships; `inlinePool()` keeps them here. */
async function studied(table: string): Promise<void> {
  const { strategies } = await study({
    ...{ space: 'nas-bench-201', table, dataset: 'cifar10', strategies: ['climb', 'random'] },
    ...{ seeds: quick ? 3 : 100, samples: 500, ledger: 'example.sqlite', pool: inlinePool() },
  });
  for (const { name, successRate, meanSamples } of strategies) {
    console.log(`${name}: success ${successRate}, ${meanSamples.toFixed(1)} evaluations on average`);
  }
}
