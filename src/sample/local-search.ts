/**
 * Local search (White et al., UAI 2021, "Exploring the loss landscape in neural architecture search"): evaluates all neighbours of
 * where it stands, moves to the best of them while that is better, and starts anew from a uniform draw where it is not.
 */
import { wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { Random } from '../base/random.js';
import type { Observation, Sampler, SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';

/**
 * Option `initial`: uniform draws before the first walk, which starts from the best of them; default 10. What was proposed before is
 * no neighbour to try again.
 */
export const localSearchSampler: SamplerFactory = <A>(context: SamplerContext<A>): Sampler<A> => {
  const { space, random, options = {} } = context;
  knownOptions('an option of the sampler local-search', options, ['initial']);
  const initial = wholeNumber('`initial`', options.initial ?? 10, 1);
  let walker = new Walker(space, random, initial);

  return {
    name: 'local-search',
    // Which neighbour comes next is known, but not whether it is still wanted: the walk may end here.
    needs: (index) => (index < initial ? 0 : index),
    propose(index, seen) {
      if (index < initial) return space.sample(random.child('proposal', index));
      if (walker.steps > seen.length) walker = new Walker(space, random, initial);
      for (const observation of seen.slice(walker.steps)) walker.observe(observation);
      return walker.next() ?? space.sample(random.child('proposal', index));
    },
  };
};

/** Where the search stands after the observations so far. */
class Walker<A> {
  steps = 0;
  private readonly proposed = new Set<string>();
  /** Undefined between two walks. */
  private centre?: Observation<A>;
  /** Neighbours of the centre that are still to be tried, and the best of those that were. */
  private untried: readonly A[] = [];
  private best?: Observation<A>;

  constructor(
    private readonly space: SearchSpace<A>,
    private readonly random: Random,
    private readonly initial: number,
  ) {}

  next(): A | undefined {
    return this.untried[0];
  }

  observe(observation: Observation<A>): void {
    this.proposed.add(this.space.format(observation.architecture));
    this.steps++;
    if (isBetter(observation, this.best)) this.best = observation;
    if (this.steps < this.initial) return;
    this.untried = this.untried.slice(1);
    if (this.untried.length > 0) return;
    // Initial draws are over, or a fresh draw came in, or all neighbours are known.
    const improved = this.best !== undefined && isBetter(this.best, this.centre);
    this.moveTo(improved ? this.best : undefined);
  }

  private moveTo(centre: Observation<A> | undefined): void {
    const isNew = (architecture: A) => !this.proposed.has(this.space.format(architecture));
    const neighbours = centre ? this.space.neighbours(centre.architecture).filter(isNew) : [];
    this.untried = this.random.child('order', this.steps).shuffle(neighbours);
    this.centre = this.untried.length > 0 ? centre : undefined;
    this.best = undefined;
  }
}

function isBetter<A>(one: Observation<A>, other: Observation<A> | undefined): boolean {
  return one.value !== undefined && (other?.value === undefined || one.value > other.value);
}
