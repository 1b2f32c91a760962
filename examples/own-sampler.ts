/**
 * A sampler of one's own: local search. From the best candidate so far it proposes a random neighbour; every fifth proposal is drawn anew.
 *
 *     npx tsx examples/own-sampler.ts [--quick]
 */
import { catalog, type Sampler, type SamplerContext, type SamplerFactory, search } from '../src/index.js'; // from 'nascent', where it is installed

/**
 * Proposal i depends on its own stream and on the observations 0 … i − lag: with `lag` 1, on all before it. That is all that is needed
 * for the run to be resumed, and to be the same for any number of workers.
 */
const localSearch: SamplerFactory = <A>({ space, random }: SamplerContext<A>): Sampler<A> => {
  let best: { architecture: A; value: number } | undefined;
  return {
    name: 'local-search',
    lag: 1,
    propose(index) {
      const stream = random.child('proposal', index);
      return best && index % 5 !== 0 ? stream.pick(space.neighbours(best.architecture)) : space.sample(stream);
    },
    observe({ architecture, value }) {
      if (value !== undefined && (!best || value > best.value)) best = { architecture, value };
    },
  };
};

// What ships goes through the same door; samplers run in this process, so that worker threads need not know it.
catalog.samplers['local-search'] = async () => localSearch;

const quick = process.argv.includes('--quick');
const run = search({
  sampler: 'local-search',
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
