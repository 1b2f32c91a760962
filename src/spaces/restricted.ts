/**
 * A space of those architectures of another one that keep limits. Draws, mutants, neighbours and lists all keep them.
 *
 * Spaces that can be listed are listed once: draws are then uniform, and it is certain whether there are any. Of others, uniform draws are
 * tried; where hardly any keeps the limits, a walk of mutations that never leads further away goes on from the best of them. What it
 * finds keeps the limits but is not uniform among those that do. After so many tries it is said that none was found.
 */
import { NascentError } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { type BoundsOfMeasures, type Limit, limitsOf, type Measuring } from './limits.js';

/** Larger spaces are not listed: with a cost in closed form this takes a second. */
const LISTED = 50_000;
const DRAWS = 200;
const STEPS = 10_000;
const MUTANTS = 100;

/**
 * @param listed spaces of at most this size are listed; fewer where limits take long to check
 * @returns the space itself where there are no limits
 */
export function restrictedSpace<A>(
  space: SearchSpace<A>,
  limits: readonly Limit<A>[],
  listed = LISTED,
): SearchSpace<A> {
  if (limits.length === 0) return space;
  const excess = (architecture: A) => totalExcess(limits, architecture);
  const keeps = (architecture: A) => limits.every((limit) => limit.excess(architecture) === 0);
  const none = (tried: string) => {
    const words = limits.map((limit) => limit.words).join(' and ');
    return new NascentError('usage', `Expected ${words} of some architecture of ${space.name}, got none ${tried}.`);
  };
  const members = memberList(space, listed, keeps, none);
  const sample = members
    ? (random: Random) => random.pick(members())
    : (random: Random) =>
        drawn(space, excess, random) ?? refuse(none(`in ${DRAWS} draws and ${STEPS} steps from the best`));
  const neighbours = (architecture: A) => space.neighbours(architecture).filter(keeps);
  return {
    ...space,
    get size() {
      return members?.().length;
    },
    sample,
    mutate(architecture, random) {
      for (let i = 0; i < MUTANTS; i++) {
        const mutant = space.mutate(architecture, random);
        if (keeps(mutant)) return mutant;
      }
      const possible = neighbours(architecture);
      // Nothing near keeps the limits: the search goes on elsewhere.
      return possible.length > 0 ? random.pick(possible) : sample(random);
    },
    neighbours,
    ...(members ? { enumerate: members } : { enumerate: undefined }),
  };
}

/** Ends at a limit that nothing can make up for: what comes after it may not be able to be measured. */
function totalExcess<A>(limits: readonly Limit<A>[], architecture: A): number {
  let total = 0;
  for (const limit of limits) {
    total += limit.excess(architecture);
    if (total === Number.POSITIVE_INFINITY) break;
  }
  return total;
}

function refuse(error: NascentError): never {
  throw error;
}

/** The space of those that keep bounds of what can be measured. @throws NascentError `usage` for a measure that there is not */
export function boundedSpace<A>(
  space: SearchSpace<A>,
  bounds: BoundsOfMeasures,
  measuring: Measuring<A>,
): SearchSpace<A> {
  return restrictedSpace(space, limitsOf(bounds, measuring));
}

/** All that keep the limits, looked for when they are first needed; undefined where the space can't be listed. */
function memberList<A>(
  space: SearchSpace<A>,
  listed: number,
  keeps: (architecture: A) => boolean,
  none: (tried: string) => NascentError,
): (() => readonly A[]) | undefined {
  const { enumerate, size = Number.POSITIVE_INFINITY } = space;
  if (enumerate === undefined || size > listed) return undefined;
  let members: readonly A[] | undefined;
  return () => {
    members ??= [...enumerate.call(space)].filter(keeps);
    if (members.length === 0) throw none(`of all ${size}`);
    return members;
  };
}

function drawn<A>(space: SearchSpace<A>, excess: (architecture: A) => number, random: Random): A | undefined {
  let best = space.sample(random);
  let least = excess(best);
  for (let i = 1; i < DRAWS && least > 0; i++) {
    const draw = space.sample(random);
    const far = excess(draw);
    if (far < least) [best, least] = [draw, far];
  }
  for (let i = 0; i < STEPS && least > 0; i++) {
    const mutant = space.mutate(best, random);
    const far = excess(mutant);
    if (far <= least) [best, least] = [mutant, far];
  }
  return least === 0 ? best : undefined;
}
