/** Spaces of choices: every architecture is one way to choose. */
import { expected } from '../base/errors.js';
import type { ChainBlock } from '../contracts/drawing.js';
import type { Layer } from '../contracts/network.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { type ChoiceGroup, type Chosen, decisionOf } from './choices.js';
import { type SpaceConstraints, spaceOf } from './parts.js';
import type { Skeleton } from './skeleton.js';
import { TextReader } from './text-reader.js';

export interface ChoiceSpaceDefinition<C extends ChoiceGroup> {
  readonly name: string;
  /** What is to be chosen: `{ kernel: [3, 5], blocks: repeat(2, 4, { width: [16, 32] }) }`. */
  readonly choices: C;
  /** The network of what was chosen: [batch, channels, height, width] -> [batch, classes]. */
  readonly network: (chosen: Chosen<C>, skeleton: Skeleton) => Layer;
  readonly constraints?: SpaceConstraints<Chosen<C>>;
  /** Defaults of the skeleton, over 16 channels, 5 cells a stage, 10 classes and images of [3, 32, 32]. */
  readonly skeleton?: SkeletonOptions;
  /** What differs in it while scored. */
  readonly scoring?: SkeletonOptions;
}

export function choiceSpace<const C extends ChoiceGroup>(definition: ChoiceSpaceDefinition<C>): SearchSpace<Chosen<C>> {
  const { name, choices, network, constraints, skeleton, scoring } = definition;
  const decision = decisionOf('choices', choices);
  if (!Number.isFinite(decision.size)) throw expected(`the choices of ${name}`, 'countable', decision.size);
  return spaceOf({
    name,
    decision,
    format: decision.format,
    parse(text) {
      const reader = new TextReader(text.trim());
      const chosen = decision.read(reader);
      reader.end();
      return chosen;
    },
    network: (chosen, whole) => ({
      inputShape: whole.inputShape,
      classes: whole.classes,
      layer: network(chosen, whole),
    }),
    drawing: (chosen) => [{ chain: chainOf(chosen as Record<string, unknown>) }],
    constraints,
    skeleton,
    scoring,
  });
}

/** Each choice is a block, of a repeat each repetition. */
function chainOf(chosen: Readonly<Record<string, unknown>>): ChainBlock[] {
  return Object.entries(chosen).flatMap(([name, value]): ChainBlock[] =>
    Array.isArray(value)
      ? value.map((each, i) => ({ name: `${name} ${i + 1}`, operation: inWords(each) }))
      : [{ name, operation: inWords(value) }],
  );
}

function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(inWords).join('; ')}]`;
  return Object.entries(value)
    .map(([name, each]) => `${name} ${inWords(each)}`)
    .join(', ');
}
