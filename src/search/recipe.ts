/** The training recipe of a configuration: a name, or changes to the default one. */

import { flag, wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import { resolve } from '../catalog.js';
import { type Augmentation, OPTIMIZERS, type TrainingRecipe } from '../contracts/training.js';
import { numberFrom, oneOf, positiveNumber, requireObject } from './fields.js';

/** Some of a recipe's fields. */
export type RecipeChanges = Partial<Omit<TrainingRecipe, 'augmentation'>> & {
  readonly augmentation?: Partial<Augmentation>;
};

export const DEFAULT_RECIPE = 'short';

const SCHEDULES = ['cosine', 'constant'] as const;

type Check<T> = (what: string, value: unknown) => T;

const whole =
  (low: number, high?: number): Check<number> =>
  (what, value) =>
    wholeNumber(what, value, low, high);

const AUGMENTATION: { readonly [K in keyof Augmentation]: Check<Augmentation[K]> } = {
  crop: whole(0, 1024),
  flip: flag,
  cutout: whole(0, 1024),
};

const RECIPE: { readonly [K in keyof TrainingRecipe]: Check<TrainingRecipe[K]> } = {
  epochs: whole(1, 100_000),
  // Batch statistics of a single image say nothing.
  batchSize: whole(2, 4096),
  optimizer: (what, value) => oneOf(what, value, OPTIMIZERS),
  learningRate: positiveNumber,
  momentum: (what, value) => numberFrom(what, value, 0, 1),
  nesterov: flag,
  weightDecay: (what, value) => numberFrom(what, value, 0),
  schedule: (what, value) => oneOf(what, value, SCHEDULES),
  warmupEpochs: (what, value) => numberFrom(what, value, 0),
  labelSmoothing: (what, value) => numberFrom(what, value, 0, 1),
  augmentation: (what, value) => checkedFields(what, value, AUGMENTATION),
};

/** The recipe with every field filled in. */
export async function completeRecipe(given: unknown): Promise<TrainingRecipe> {
  const name = typeof given === 'string' ? given : DEFAULT_RECIPE;
  const base = await resolve('recipes', name);
  const changes = typeof given === 'string' || given === undefined ? {} : given;
  requireObject('`recipe`', changes);
  knownOptions('an option of `recipe`', changes, Object.keys(RECIPE));
  const augmentation = changes.augmentation ?? {};
  requireObject('`recipe.augmentation`', augmentation);
  knownOptions('an option of `recipe.augmentation`', augmentation, Object.keys(AUGMENTATION));
  const recipe = overlaid(base, { ...changes, augmentation: overlaid(base.augmentation, augmentation) });
  return checkedFields('`recipe`', recipe, RECIPE);
}

/** `base` with those of `changes` that are given. */
export function overlaid(base: object, changes: object): Record<string, unknown> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

function checkedFields<T extends object>(
  what: string,
  value: unknown,
  checks: { readonly [K in keyof T]: Check<T[K]> },
): T {
  requireObject(what, value);
  const path = what.replaceAll('`', '');
  const entries = Object.entries<Check<unknown>>(checks);
  const checked = entries.map(([field, check]) => [field, check(`\`${path}.${field}\``, value[field])]);
  // Every field of T has its check in the table, whose type says so.
  return Object.fromEntries(checked) as T;
}
