/** The space that a search is confined to: architectures whose measures keep the bounds given. */
import { resolve } from 'node:path';
import { expected } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import { modules } from '../catalog.js';
import type { Constraints } from '../contracts/run.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { names, requireObject } from './fields.js';

/**
 * Checks constraints by themselves.
 * @throws NascentError `usage`
 */
export function completeConstraints(given: unknown): Constraints {
  requireObject('`constraints`', given);
  knownOptions('a field of `constraints`', given, ['atMost', 'atLeast', 'measures']);
  const { atMost, atLeast, measures } = given;
  return {
    ...(atMost !== undefined && { atMost: bounds('atMost', atMost) }),
    ...(atLeast !== undefined && { atLeast: bounds('atLeast', atLeast) }),
    ...(measures !== undefined && { measures: names('`constraints.measures`', measures).map((path) => resolve(path)) }),
  };
}

function bounds(field: string, value: unknown): Record<string, number> {
  const what = `\`constraints.${field}\``;
  requireObject(what, value);
  return Object.fromEntries(
    Object.entries(value).map(([measure, bound]) => {
      if (typeof bound === 'number' && Number.isFinite(bound)) return [measure, bound];
      throw expected(`${what} of ${measure}`, 'a number', bound);
    }),
  );
}

export interface ConstrainedSpace {
  readonly space: SearchSpace;
  /** Of the files of measures, where there are any. */
  readonly fingerprint?: string;
}

/**
 * @param skeleton that parameters and multiply-adds are counted in: the one that is trained
 * @throws NascentError `usage` for a measure that there is not, `data` for a file of measures that can't be read
 */
export async function constrainedSpace(
  space: SearchSpace,
  constraints: Constraints | undefined,
  skeleton: SkeletonOptions,
): Promise<ConstrainedSpace> {
  if (constraints === undefined) return { space };
  const { architectureCost } = await modules.network();
  const { boundedSpace } = await modules.bounds();
  const cost = (architecture: unknown) => architectureCost(space, architecture, skeleton);
  const { measures: files = [] } = constraints;
  const table = files.length > 0 ? await (await modules.measureFiles()).readMeasures(files, space) : undefined;
  const bounded = new Set(Object.keys({ ...constraints.atMost, ...constraints.atLeast }));
  const columns: Record<string, (architecture: unknown) => number | undefined> = {};
  for (const column of table?.columns ?? []) {
    // Only what has a bound is read; all are named where a name is not known.
    const look = bounded.has(column) ? await table?.valuesOf(column) : undefined;
    columns[column] = (architecture) => look?.(space.format(architecture));
  }
  return {
    space: boundedSpace(space, constraints, {
      ...columns,
      parameters: (architecture) => cost(architecture).parameters,
      multiplyAdds: (architecture) => cost(architecture).multiplyAdds,
    }),
    ...(table && { fingerprint: table.fingerprint }),
  };
}
