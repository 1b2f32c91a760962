/** Settings: what can be set by a flag, an environment variable or the configuration file, and where it belongs. */

export type SettingKind =
  | 'text'
  | 'number'
  /** On or off: `--flip`, `--no-flip`. */
  | 'switch'
  /** Texts, by commas or by repeating the flag; `none` for an empty list. */
  | 'list'
  /** `name=value`, by commas or by repeating the flag. */
  | 'pairs'
  /** The same; a name with dots is a path into objects, and `[a,b]` a list. */
  | 'options';

/** Whether its value is an object whose names are the person's own. */
export function isOpen({ kind }: Pick<Setting, 'kind'>): boolean {
  return kind === 'pairs' || kind === 'options';
}

export interface Setting {
  /** Long flag without dashes; the environment variable is NASCENT_ and the same name in capitals. */
  readonly flag: string;
  /** Its heading in help texts. */
  readonly group?: string;
  readonly kind: SettingKind;
  /** What stands for the value in help texts, e.g. `file`. */
  readonly placeholder?: string;
  /** One line with the unit. */
  readonly summary: string;
  /** Value without this setting, as help texts show it. */
  readonly fallback?: string;
  /** Places in the options of `search`, e.g. `recipe.epochs`; the first is its place in the configuration file. */
  readonly places: readonly string[];
}

/** A tree of settings as given, by place: part of the options of `search`. */
export interface Given {
  readonly [key: string]: unknown;
}

/** `warmup-epochs` -> `NASCENT_WARMUP_EPOCHS` */
export function environmentName({ flag }: Pick<Setting, 'flag'>): string {
  return `NASCENT_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** `warmup-epochs` -> `warmupEpochs`, as commander names it. */
export function attributeName({ flag }: Pick<Setting, 'flag'>): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
