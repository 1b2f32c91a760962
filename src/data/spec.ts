/** Data specs: the one string that names a data set, in configurations, jobs and on the command line. */
import { expected, wholeNumber } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import type { CifarKind } from './cifar.js';

export type DataSpec =
  | { readonly kind: 'synthetic'; readonly train: number; readonly test: number }
  | { readonly kind: CifarKind | 'mnist'; readonly path: string };

/** Images that `synthetic` draws where the spec does not say. */
export const SYNTHETIC_DEFAULTS = { train: 4000, test: 1000 } as const;

/** 3 KiB an image: larger sets would not fit beside a training. */
const MOST_SYNTHETIC_IMAGES = 200_000;

const KINDS = ['synthetic', 'cifar10', 'cifar100', 'mnist'] as const;
const SYNTHETIC_OPTIONS = ['train', 'test'] as const;

/**
 * Parses `synthetic`, `synthetic:train=2000,test=500`, `cifar10:PATH`, `cifar100:PATH` or `mnist:DIRECTORY`.
 * PATH is everything after the first colon; relative paths start at the working directory. Files are not looked at.
 * @throws NascentError `usage` where the kind or an option is unknown, a path is missing or a number is out of range.
 */
export function parseDataSpec(spec: string): DataSpec {
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const rest = colon < 0 ? undefined : spec.slice(colon + 1);
  const kind = KINDS.find((known) => known === name);
  if (kind === undefined) throw unknownName('the kind of data', name, KINDS);
  if (kind === 'synthetic') return { kind, ...SYNTHETIC_DEFAULTS, ...parseSyntheticOptions(rest) };
  if (!rest) throw expected('the data spec', `${kind}:${kind === 'mnist' ? 'DIRECTORY' : 'PATH'}`, spec);
  return { kind, path: rest };
}

function parseSyntheticOptions(text: string | undefined): { train?: number; test?: number } {
  const options: { train?: number; test?: number } = {};
  if (text === undefined) return options;
  for (const part of text.split(',')) {
    const [, name, value] = /^([^=]*)=(\d+)$/.exec(part) ?? [];
    if (name === undefined) throw expected('an option of `synthetic`', 'like train=2000', part);
    const option = SYNTHETIC_OPTIONS.find((known) => known === name);
    if (option === undefined) throw unknownName('an option of `synthetic`', name, SYNTHETIC_OPTIONS);
    if (options[option] !== undefined) throw expected(`\`${option}\` of \`synthetic\``, 'given once', text);
    // Ten images are the least that can be cut into parts, and one of each class.
    options[option] = wholeNumber(`\`${option}\` of \`synthetic\``, Number(value), 10, MOST_SYNTHETIC_IMAGES);
  }
  return options;
}
