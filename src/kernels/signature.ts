/** What a program takes in, and the check of what is given for it: the same refusals in every native engine. */
import { NascentError } from '../base/errors.js';
import type { Program, Shape, ValueType } from '../contracts/program.js';
import { formatShape } from './shapes.js';

type Typed = { readonly dtype: string; readonly shape: Shape };

/** Inputs of a program by name. */
export function signature(program: Program): Map<string, ValueType> {
  const inputs = new Map<string, ValueType>();
  for (const { definition, dtype, shape } of program.values) {
    if (definition.kind === 'input') inputs.set(definition.name, { dtype, shape });
  }
  return inputs;
}

/** What is given under a name of its own, or nothing: objects have names that nobody gave. */
export function ownEntry<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/**
 * Refuses what is not of the declared dtype and shape.
 * @throws NascentError `engine`
 */
export function requireType(what: string, declared: Typed, given: Typed | undefined): void {
  const wanted = `${declared.dtype} ${formatShape(declared.shape)}`;
  const got = given === undefined ? 'nothing' : `${given.dtype} ${formatShape(given.shape)}`;
  if (got !== wanted) throw new NascentError('engine', `Expected ${what} to be ${wanted}, got ${got}.`);
}
