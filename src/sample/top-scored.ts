/**
 * Search by a training-free score (NASWOT's own search, Mellor et al., ICML 2021, section 4.3): uniform draws, proposed best score
 * first. The first proposal is that paper's result; parameters and multiply-adds are the baselines every score has to beat.
 */
import { wholeNumber } from '../base/errors.js';
import { knownOptions, unknownName } from '../base/names.js';
import type { SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import { RANKED_BY, rankedDraws, requireRankable } from './cheap-ranking.js';

/**
 * Options: `draws`, with replacement, default 1000; `by`: `score` (default), `parameters` or `multiplyAdds`. After the last draw come
 * further draws of the same number.
 */
export const topScoredSampler: SamplerFactory = <A>(context: SamplerContext<A>) => {
  const { options = {}, random } = context;
  knownOptions('an option of the sampler top-scored', options, ['draws', 'by']);
  const draws = wholeNumber('`draws`', options.draws ?? 1000, 1, 1_000_000);
  const by = RANKED_BY.find((name) => name === (options.by ?? 'score'));
  if (!by) throw unknownName('`by`', String(options.by), RANKED_BY);
  requireRankable(context, by);
  const rounds = new Map<number, Promise<A[]>>();
  const round = (number: number) => {
    const ranked = rounds.get(number) ?? rankedDraws({ ...context, random: random.child('round', number) }, draws, by);
    rounds.set(number, ranked);
    return ranked;
  };

  return {
    name: 'top-scored',
    needs: () => 0,
    propose: async (index) => (await round(Math.floor(index / draws)))[index % draws],
  };
};
