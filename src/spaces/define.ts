/** `defineSpace`: a search space of one's own from a description. */
import { expected } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { type Cell, type CellSpaceDefinition, cellSpace } from './cell-space.js';
import { type ChoiceSpaceDefinition, choiceSpace } from './choice-space.js';
import type { ChoiceGroup, Chosen } from './choices.js';

const COMMON = ['name', 'constraints', 'skeleton', 'scoring'];

/**
 * A search space: of cells, whose edges carry the operations named, or of choices, from which a function makes the network. Drawing, changing,
 * listing, encoding, writing and reading follow from the description.
 *
 * @throws NascentError `usage` for a description that is none; where constraints can't be met, when the first architecture is asked for
 */
export function defineSpace(definition: CellSpaceDefinition): SearchSpace<Cell>;
export function defineSpace<const C extends ChoiceGroup>(definition: ChoiceSpaceDefinition<C>): SearchSpace<Chosen<C>>;
export function defineSpace(definition: CellSpaceDefinition | ChoiceSpaceDefinition<ChoiceGroup>): unknown {
  const { name } = definition;
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) {
    throw expected('the name of a space', 'letters, digits, dots and dashes', name);
  }
  const ofCells = 'cell' in definition;
  knownOptions(`a field of ${name}`, definition, [...COMMON, ...(ofCells ? ['cell'] : ['choices', 'network'])]);
  return ofCells ? cellSpace(definition) : choiceSpace(definition);
}
