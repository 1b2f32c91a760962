/** Where a search begins: the best of more draws by what is known without training. */
import { averageRanks } from '../base/rank-statistics.js';
import type { CheapKnowledge, SamplerContext } from '../contracts/sampler.js';

export interface FirstDraws {
  readonly count: number;
  readonly draws: number;
  /** Whether the training-free score counts, where there is one. */
  readonly score: boolean;
}

/**
 * The `count` best of `draws` uniform draws by Σ log rank of parameters, multiply-adds and, where it is wanted, the score; of each function
 * one. Without any knowledge they stay in the order in which they were drawn.
 */
export function firstByKnowledge<A>(
  { space, random, pool, knowledge }: SamplerContext<A>,
  { count, draws, score }: FirstDraws,
): () => Promise<readonly A[]> {
  const draw = (i: number): A => {
    const stream = random.child('draw', i);
    return pool ? stream.pick(pool) : space.sample(stream);
  };
  const choose = async (): Promise<readonly A[]> => {
    const drawn = new Map<string, A>();
    // A small space may not have that many functions.
    for (let i = 0; i < 10 * draws && drawn.size < draws; i++) {
      const architecture = draw(i);
      const form = space.format(space.canonical(architecture, 'function'));
      if (!drawn.has(form)) drawn.set(form, architecture);
    }
    const all = [...drawn.values()];
    const worth = knowledge ? await fusedRanks(all, knowledge, score) : all.map(() => 0);
    const order = [...all.keys()].sort((a, b) => worth[b] - worth[a]);
    // Fewer functions than evaluations: the rest is drawn freely.
    return Array.from({ length: count }, (_, i) => (i < order.length ? all[order[i]] : draw(10 * draws + i)));
  };
  let chosen: Promise<readonly A[]> | undefined;
  return () => {
    chosen ??= choose();
    return chosen;
  };
}

/** Σ log(rank / n), as AZ-NAS joins scores (Lee & Ham, CVPR 2024); higher is better. */
async function fusedRanks<A>(
  architectures: readonly A[],
  knowledge: CheapKnowledge<A>,
  score: boolean,
): Promise<number[]> {
  const costs = architectures.map((architecture) => knowledge.cost(architecture));
  const measures = [costs.map(({ parameters }) => parameters), costs.map(({ multiplyAdds }) => multiplyAdds)];
  if (score && knowledge.score) {
    const scores = await knowledge.score(architectures);
    measures.push([...scores].map((score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score)));
  }
  const ranks = measures.map(averageRanks);
  return architectures.map((_, i) =>
    ranks.reduce((total, rank) => total + Math.log(rank[i] / architectures.length), 0),
  );
}
