/** Draws in the order of what is known of them without training: behind `top-scored` and `area`. */
import { expected } from '../base/errors.js';
import type { CheapKnowledge, SamplerContext } from '../contracts/sampler.js';

/** What draws can be ranked by. */
export const RANKED_BY = ['score', 'parameters', 'multiplyAdds'] as const;
export type RankedBy = (typeof RANKED_BY)[number];

/**
 * Refuses at once what cannot be known later either. Where nothing has been told yet, as before a search has begun, the first ranking decides.
 * @throws NascentError `usage` where scores are wanted and who runs the sampler has none
 */
export function requireRankable<A>({ knowledge }: Pick<SamplerContext<A>, 'knowledge'>, by: RankedBy): void {
  if (knowledge && by === 'score') requireScores(knowledge);
}

/**
 * `count` uniform draws, best first by `by`; of equals the one drawn first, those without a score last.
 * @throws NascentError `usage` where what they are to be ranked by cannot be known
 */
export async function rankedDraws<A>(
  { space, random, knowledge, pool }: SamplerContext<A>,
  count: number,
  by: RankedBy,
): Promise<A[]> {
  const draws = Array.from({ length: count }, (_, i) => {
    const stream = random.child('draw', i);
    return pool ? stream.pick(pool) : space.sample(stream);
  });
  const values = await valuesOf(knowledge, draws, by);
  const rank = (i: number) => (Number.isNaN(values[i]) ? Number.NEGATIVE_INFINITY : values[i]);
  return draws
    .map((_, i) => i)
    .sort((a, b) => rank(b) - rank(a) || a - b)
    .map((i) => draws[i]);
}

async function valuesOf<A>(
  knowledge: CheapKnowledge<A> | undefined,
  draws: readonly A[],
  by: RankedBy,
): Promise<ArrayLike<number>> {
  if (by !== 'score') {
    if (!knowledge) throw expected('the sampler', `told the ${by} of architectures`, undefined);
    return draws.map((draw) => knowledge.cost(draw)[by]);
  }
  return requireScores(knowledge)(draws);
}

function requireScores<A>(knowledge: CheapKnowledge<A> | undefined): NonNullable<CheapKnowledge<A>['score']> {
  if (knowledge?.score) return knowledge.score;
  throw expected('`data` for the scores', 'given, since the sampler ranks draws by them', undefined);
}
