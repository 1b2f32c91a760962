/** Limits that architectures have to keep: bounds of what can be measured of them, and any other condition. */
import { expected } from '../base/errors.js';
import { unknownName } from '../base/names.js';

/** Bounds by the name of a measure. */
export type Bounds = Readonly<Record<string, number>>;

/** `atMost: { multiplyAdds: 100e6 }`, `atLeast: { parameters: 1e6 }`: both included. */
export interface BoundsOfMeasures {
  readonly atMost?: Bounds;
  readonly atLeast?: Bounds;
}

export interface Limit<A> {
  /** E.g. `multiplyAdds at most 100000000`. */
  readonly words: string;
  /** 0 where it is kept; the larger, the further from it. */
  excess(architecture: A): number;
}

/** What can be measured of an architecture, by name; undefined where nothing is known of it. */
export type Measuring<A> = Readonly<Record<string, (architecture: A) => number | undefined>>;

/**
 * What is not known of an architecture keeps no bound.
 * @throws NascentError `usage` for a measure that there is not (with the nearest) or a bound that is no number
 */
export function limitsOf<A>({ atMost = {}, atLeast = {} }: BoundsOfMeasures, measuring: Measuring<A>): Limit<A>[] {
  const limits = (bounds: Bounds, side: string, beyond: (value: number, bound: number) => number) =>
    Object.entries(bounds).map(([name, bound]): Limit<A> => {
      if (!Object.hasOwn(measuring, name)) throw unknownName('a measure with a bound', name, Object.keys(measuring));
      if (!Number.isFinite(bound)) throw expected(`the bound of ${name}`, 'a number', bound);
      const measure = measuring[name];
      return {
        words: `${name} ${side} ${bound}`,
        excess(architecture) {
          const value = measure(architecture);
          return value === undefined ? Number.POSITIVE_INFINITY : Math.max(0, beyond(value, bound) / unitOf(bound));
        },
      };
    });
  return [
    ...limits(atLeast, 'at least', (value, bound) => bound - value),
    ...limits(atMost, 'at most', (value, bound) => value - bound),
  ];
}

/** So that parameters and multiply-adds count alike. */
function unitOf(bound: number): number {
  return Math.abs(bound) || 1;
}
