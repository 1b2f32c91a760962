/** Spaces whose architectures are one choice for each of a fixed list of decisions: how these are drawn, changed, listed and encoded. */
import type { Random } from '../src/base/random.js';
import type { SearchSpace } from '../src/contracts/search-space.js';

/** For each decision the place of what is chosen. */
type Choices = readonly number[];

/** How genotypes are read as choices. */
export interface Decisions<A> {
  /** For each decision how many choices there are, at least two. */
  readonly choices: readonly number[];
  choicesOf(genotype: A): Choices;
  genotypeOf(choices: Choices): A;
}

type DecisionMethods<A> = Pick<
  SearchSpace<A>,
  'sample' | 'mutate' | 'neighbours' | 'encode' | 'encodingLength' | 'canonical'
> &
  Required<Pick<SearchSpace<A>, 'size' | 'enumerate'>>;

/**
 * The methods that follow from the decisions alone, where different choices are different networks.
 *
 * Draws are uniform. A mutation changes one decision, drawn uniformly, to another choice, drawn uniformly. Neighbours come by decision, then
 * by choice; the list has the last decision changing first. Encodings are one-hot, decision by decision.
 */
export function decisionMethods<A>({ choices, choicesOf, genotypeOf }: Decisions<A>): DecisionMethods<A> {
  const size = choices.reduce((product, count) => product * count, 1);
  const encodingLength = choices.reduce((sum, count) => sum + count, 0);
  return {
    size,
    sample: (random) => genotypeOf(choices.map((count) => random.integer(count))),
    mutate: (genotype, random) => genotypeOf(mutated(choicesOf(genotype), choices, random)),
    neighbours: (genotype) => neighbouring(choicesOf(genotype), choices).map(genotypeOf),
    *enumerate() {
      for (let index = 0; index < size; index++) yield genotypeOf(choicesAt(index, choices));
    },
    encodingLength,
    encode: (genotype) => {
      const features = new Float32Array(encodingLength);
      let offset = 0;
      for (const [i, choice] of choicesOf(genotype).entries()) {
        features[offset + choice] = 1;
        offset += choices[i];
      }
      return features;
    },
    canonical: (genotype) => genotype,
  };
}

function mutated(current: Choices, choices: readonly number[], random: Random): Choices {
  const decision = random.integer(choices.length);
  // A step of 1 … count − 1 along the circle of choices never comes back to where it was.
  const step = 1 + random.integer(choices[decision] - 1);
  return current.with(decision, (current[decision] + step) % choices[decision]);
}

function neighbouring(current: Choices, choices: readonly number[]): Choices[] {
  return choices.flatMap((count, decision) =>
    Array.from({ length: count }, (_, choice) => choice)
      .filter((choice) => choice !== current[decision])
      .map((choice) => current.with(decision, choice)),
  );
}

function choicesAt(index: number, choices: readonly number[]): Choices {
  const at = new Array<number>(choices.length);
  let rest = index;
  for (let i = choices.length - 1; i >= 0; i--) {
    at[i] = rest % choices[i];
    rest = Math.floor(rest / choices[i]);
  }
  return at;
}
