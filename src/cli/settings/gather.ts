/** Settings from everywhere, in order: flags, then the environment, then the file; what is in none of them keeps its default. */
import { expected } from '../../base/errors.js';
import { nearestName } from '../../base/names.js';
import { PEER_FOLDER_VARIABLE } from '../../kernels/tensorflow/peers.js';
import { remark, type Terminal } from '../terminal.js';
import { readSettingsFile } from './file.js';
import { readSetting } from './read.js';
import { attributeName, environmentName, type Given, isOpen, type Setting } from './setting.js';
import { SETTINGS, STRATEGY } from './table.js';

/** What commander found, by attribute name. */
export type Flags = Readonly<Record<string, unknown>>;

/** Environment variables of this name's beginning that are no settings. */
const OTHER_VARIABLES = ['NASCENT_DEBUG', 'NASCENT_CONFIG', PEER_FOLDER_VARIABLE];

/** @param own the settings that the command takes; those of other commands may stand in the file and in the environment. */
export async function gatherSettings(terminal: Terminal, own: readonly Setting[], flags: Flags): Promise<Given> {
  const file = await readSettingsFile(SETTINGS, terminal.folder, configFile(terminal, flags));
  warnOfUnknownVariables(terminal);
  const layers = [file ? ofCommand(own, file.settings) : {}, fromEnvironment(own, terminal), fromFlags(own, flags)];
  return layers.map(withoutStrategy).reduce(merge, {});
}

/** A strategy is a sampler that learns from evaluations. Said in each layer by itself, so that a flag wins over the file here too. */
function withoutStrategy({ [STRATEGY]: strategy, ...given }: Given): Given {
  if (strategy === undefined) return given;
  if (given.sampler !== undefined)
    throw expected('a strategy', 'given without a sampler, for it is one', given.sampler);
  const { learnsFrom = 'evaluations' } = given;
  if (learnsFrom !== 'evaluations') throw expected('a strategy', 'one that learns from evaluations', learnsFrom);
  return { ...given, sampler: strategy, learnsFrom };
}

function configFile(terminal: Terminal, flags: Flags): string | undefined {
  return (flags.config as string | undefined) ?? (terminal.environment.NASCENT_CONFIG || undefined);
}

function fromFlags(own: readonly Setting[], flags: Flags): Given {
  return place(own, (setting) => {
    const text = flags[attributeName(setting)] as string | boolean | string[] | undefined;
    return text === undefined ? undefined : readSetting(setting, `--${setting.flag}`, text);
  });
}

function fromEnvironment(own: readonly Setting[], { environment }: Terminal): Given {
  return place(own, (setting) => {
    const name = environmentName(setting);
    const text = environment[name];
    // `NASCENT_EPOCHS= nascent …` is the shell's way to leave it out.
    return text === undefined || text === '' ? undefined : readSetting(setting, name, text);
  });
}

/** The part of a file that a command takes. */
function ofCommand(own: readonly Setting[], settings: Given): Given {
  const kept: Given[] = [];
  for (const setting of own) {
    for (const path of setting.places) {
      const value = at(settings, path);
      if (value !== undefined) kept.push(nested(path, value));
    }
  }
  return kept.reduce(merge, {});
}

/** Values at their places. A setting of several places comes before those of one of them, so that these win. */
function place(own: readonly Setting[], read: (setting: Setting) => unknown): Given {
  let given: Given = {};
  for (const setting of [...own].sort((a, b) => b.places.length - a.places.length)) {
    const value = read(setting);
    if (value === undefined) continue;
    for (const path of setting.places) given = merge(given, nested(path, value));
  }
  return given;
}

function at(tree: Given, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isTree(value) ? (value as Given)[key] : undefined), tree);
}

function nested(path: string, value: unknown): Given {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Given;
}

/** Options of a sampler or space belong together: they are replaced, not mixed. */
const WHOLE = SETTINGS.filter(isOpen).flatMap(({ places }) => places);

function merge(under: Given, over: Given): Given {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const both = isTree(merged[key]) && isTree(value) && !WHOLE.includes(key);
    merged[key] = both ? merge(merged[key] as Given, value as Given) : value;
  }
  return merged;
}

function isTree(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A misspelt variable would be ignored in silence otherwise; it may be another program's, so it is no error. */
function warnOfUnknownVariables(terminal: Terminal): void {
  const known = [...SETTINGS.map(environmentName), ...OTHER_VARIABLES];
  for (const name of Object.keys(terminal.environment)) {
    if (!name.startsWith('NASCENT_') || known.includes(name)) continue;
    const near = nearestName(name, known);
    remark(terminal, `${name} is no setting and was left out.${near === undefined ? '' : ` Did you mean ${near}?`}`);
  }
}
