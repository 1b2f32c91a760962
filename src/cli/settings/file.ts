/** The configuration file: `nascent.config.ts` (or .js, .mjs, .json) in the working directory. */
import { resolve } from 'node:path';
import { expected, messageOf, NascentError } from '../../base/errors.js';
import { unknownName } from '../../base/names.js';
import { type Given, isOpen, type Setting } from './setting.js';

export interface FileSettings {
  readonly path: string;
  readonly settings: Given;
}

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `nascent.config.${ending}`);

/**
 * Reads the file at `path`, or the one in `folder` if there is one; its parent folders are not searched.
 * @throws NascentError `usage` where the file does not load, is no object, or has a key that is no setting.
 */
export async function readSettingsFile(
  known: readonly Setting[],
  folder: string,
  path?: string,
): Promise<FileSettings | undefined> {
  const { lilconfig } = await import('lilconfig');
  const load = (file: string) => loadModule(file);
  const searcher = lilconfig('nascent', {
    searchPlaces: NAMES,
    stopDir: folder,
    loaders: { '.ts': load, '.mts': load, '.js': load, '.mjs': load },
  });
  const found = await failingAsUsage(path, () =>
    path === undefined ? searcher.search(folder) : searcher.load(resolve(folder, path)),
  );
  if (!found || found.isEmpty) return undefined;
  const config: unknown = withNamedRecipe(found.config);
  return { path: found.filepath, settings: checkedTree(config, placesTree(known), found.filepath) };
}

async function loadModule(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  try {
    return await createJiti(import.meta.url).import(file, { default: true });
  } catch (cause) {
    throw new NascentError('usage', `Expected ${file} to load, got: ${messageOf(cause)}`, { cause });
  }
}

async function failingAsUsage<T>(path: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof NascentError) throw thrown;
    const file = path ?? 'the configuration file';
    throw new NascentError('usage', `Expected ${file} to be readable, got: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** `recipe: 'short'` is short for `recipe: { name: 'short' }`. */
function withNamedRecipe(config: unknown): unknown {
  if (typeof config !== 'object' || config === null || !('recipe' in config)) return config;
  return typeof config.recipe === 'string' ? { ...config, recipe: { name: config.recipe } } : config;
}

/** Which keys there are: `open` where every key is allowed. */
type Places = { readonly [key: string]: Places } | 'value' | 'open';

function placesTree(known: readonly Setting[]): Places {
  const root: Record<string, Places> = {};
  for (const setting of known) {
    for (const place of setting.places) {
      const keys = place.split('.');
      const last = keys.pop() as string;
      let branch = root;
      for (const key of keys) {
        branch[key] ??= {};
        branch = branch[key] as Record<string, Places>;
      }
      branch[last] = isOpen(setting) ? 'open' : 'value';
    }
  }
  return root;
}

function checkedTree(value: unknown, places: Places, where: string): Given {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw expected(where, 'an object of settings', typeof value === 'function' ? 'a function' : value);
  }
  if (typeof places === 'string') return value as Given;
  for (const [key, inner] of Object.entries(value)) {
    if (!Object.hasOwn(places, key)) throw unknownName(`a setting in ${where}`, key, Object.keys(places));
    if (places[key] !== 'value' && inner !== undefined) checkedTree(inner, places[key], `${where} (${key})`);
  }
  return value as Given;
}
