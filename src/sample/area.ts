/**
 * AREA, assisted regularised evolution (Mellor et al., ICML 2021, algorithm 2): the first population is the best part of more draws by
 * a training-free score; from there on it is regularised evolution.
 */
import { wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { Sampler, SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import { rankedDraws, requireRankable } from './cheap-ranking.js';
import { evolutionSampler } from './evolution.js';

/** Option `draws`: scored to fill the first population, default twice the population; the others are those of `evolution`. */
export const areaSampler: SamplerFactory = <A>(context: SamplerContext<A>): Sampler<A> => {
  const { space, random } = context;
  const { draws: asked, ...options } = context.options ?? {};
  knownOptions('an option of the sampler area', options, ['population', 'tournament', 'lag', 'draws']);
  const evolution = evolutionSampler<A>({ space, random, options });
  const population = Number(options.population ?? 10);
  const draws = wholeNumber('`draws`', asked ?? 2 * population, population, 1_000_000);
  requireRankable(context, 'score');
  let best: Promise<A[]> | undefined;

  return {
    name: 'area',
    needs: evolution.needs,
    async propose(index, seen) {
      if (index >= population) return evolution.propose(index, seen);
      best ??= rankedDraws(context, draws, 'score');
      return (await best)[index];
    },
  };
};
