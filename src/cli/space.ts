/** The search space that the settings name. */
import { NascentError, show } from '../base/errors.js';
import type { JsonObject } from '../contracts/json.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { DEFAULTS } from '../search/configuration.js';
import type { Given } from './settings/setting.js';

export interface OpenedSpace {
  readonly space: SearchSpace;
  readonly name: string;
  readonly options: JsonObject;
}

export async function openSpace(settings: Given): Promise<OpenedSpace> {
  const name = textSetting(settings, 'space') ?? DEFAULTS.space;
  const options = (settings.spaceOptions ?? {}) as JsonObject;
  const { resolve } = await import('../catalog.js');
  return { space: (await resolve('spaces', name))(options), name, options };
}

/** A text that may stand in a file, where it may be anything. */
export function textSetting(settings: Given, key: string): string | undefined {
  const value = settings[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new NascentError('usage', `Expected \`${key}\` to be a text, got ${show(value)}.`);
}
