/**
 * A sampler of one's own: it climbs. From the best candidate so far it proposes a random neighbour; every fifth proposal is drawn anew.
 *
 *     npx tsx examples/own-sampler.ts [--quick]
 */
import maxBy from 'lodash/maxBy.js';
import { catalog, type Sampler, type SamplerContext, type SamplerFactory, search } from '../src/index.js'; // from 'nascent', where it is installed

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

// What ships goes through the same door; samplers run in this process, so that worker threads need not know it.
catalog.samplers.climb = async () => climb;

const quick = process.argv.includes('--quick');
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
  if (event.type === 'candidate-scored') console.log(event.candidate, event.value ?? event.failure, event.architecture);
}
console.log('best', (await run.result).best?.architecture);
