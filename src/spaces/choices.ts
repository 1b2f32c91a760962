/** Choices as one writes them down: lists of options, objects of choices, repeats. They become decisions. */
import { expected } from '../base/errors.js';
import { allOf } from './all-of.js';
import type { Decision } from './decision.js';
import { type Option, oneOf } from './one-of.js';
import { repeated } from './repeated.js';

/** `[3, 5, 7]`: one of these; `{ kernel: [3, 5], width: [16, 32] }`: one of each; `repeat(2, 4, …)`: two to four times the same choices. */
export type Choices = readonly Option[] | Repeat<Choices> | ChoiceGroup;

export interface ChoiceGroup {
  readonly [name: string]: Choices;
}

/** Made by `repeat`. */
export class Repeat<C> {
  constructor(
    readonly from: number,
    readonly to: number,
    readonly choices: C,
  ) {}
}

/** The same choices at least `from` and at most `to` times, each time anew. */
export function repeat<const C extends Choices>(from: number, to: number, choices: C): Repeat<C> {
  return new Repeat(from, to, choices);
}

/** What comes of choices: an option, a list, an object. */
export type Chosen<C> = C extends readonly (infer O)[]
  ? O
  : C extends Repeat<infer D>
    ? readonly Chosen<D>[]
    : { readonly [Name in keyof C]: Chosen<C[Name]> };

/**
 * @param what the choices as sentences call them
 * @throws NascentError `usage` where they are none
 */
export function decisionOf<C extends Choices>(what: string, choices: C): Decision<Chosen<C>> {
  // Each kind decides what it is made of; that this is `Chosen<C>` the compiler can't follow through the recursion.
  return untypedDecision(what, choices) as Decision<Chosen<C>>;
}

function untypedDecision(what: string, choices: Choices): Decision<unknown> {
  if (Array.isArray(choices)) return oneOf(`\`${what}\``, choices as readonly Option[]) as Decision<unknown>;
  if (choices instanceof Repeat) {
    const each = untypedDecision(what, choices.choices);
    return repeated(`\`${what}\``, choices.from, choices.to, each) as Decision<unknown>;
  }
  if (typeof choices !== 'object' || choices === null) {
    throw expected(`\`${what}\``, 'a list of options, an object of choices or a repeat', choices);
  }
  const parts = Object.entries(choices).map(([name, each]) => [name, untypedDecision(name, each)] as const);
  return allOf<Record<string, unknown>>(`\`${what}\``, Object.fromEntries(parts)) as Decision<unknown>;
}
