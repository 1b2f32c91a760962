/** Gathered settings as `search` takes them: a recipe that is named and changed becomes one whole recipe. */
import { resolve } from '../../catalog.js';
import type { SearchSettings } from '../../search/configuration.js';
import type { Given } from './setting.js';

export async function asSearchSettings(given: Given): Promise<SearchSettings> {
  const { recipe, ledger: _ledger, workers: _workers, ...rest } = given;
  if (typeof recipe !== 'object' || recipe === null || !('name' in recipe))
    return { ...rest, recipe } as SearchSettings;
  const { name, ...changes } = recipe as Given;
  const base = await resolve('recipes', String(name));
  const augmentation = { ...base.augmentation, ...(changes.augmentation as object | undefined) };
  return { ...rest, recipe: { ...base, ...changes, augmentation } } as SearchSettings;
}
