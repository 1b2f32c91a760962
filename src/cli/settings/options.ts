/** Settings as options of a command, for its help and its parsing. */
import { type Command, Option } from 'commander';
import { isOpen, type Setting } from './setting.js';
import { SETTINGS } from './table.js';

/** Some settings, in the table's order. @param changed other help texts, where a command means them differently. */
export function settingsNamed(
  flags: readonly string[],
  changed: Readonly<Record<string, Partial<Pick<Setting, 'summary' | 'fallback'>>>> = {},
): Setting[] {
  return SETTINGS.filter(({ flag }) => flags.includes(flag)).map((setting) => ({
    ...setting,
    ...changed[setting.flag],
  }));
}

export function addSettings(command: Command, settings: readonly Setting[]): Command {
  for (const setting of settings) {
    for (const option of optionsOf(setting)) {
      command.addOption(setting.group === undefined ? option : option.helpGroup(setting.group));
    }
  }
  return command.option('--config <file>', 'settings file (default: nascent.config.ts, .js or .json in this folder)');
}

/** No default is given to commander: what was not given must look so, for the environment and the file come next. */
function optionsOf(setting: Setting): Option[] {
  const { flag, kind, summary, fallback } = setting;
  const text = fallback === undefined ? summary : `${summary} (default: ${fallback})`;
  if (kind === 'switch') return [new Option(`--${flag}`, text), new Option(`--no-${flag}`, `without ${flag}`)];
  const option = new Option(`--${flag} <${setting.placeholder ?? 'number'}>`, text);
  if (kind !== 'list' && !isOpen(setting)) return [option];
  return [option.argParser<string[]>((value, earlier) => [...(earlier ?? []), value])];
}
