/** An evaluation is a set of named measures with directions, never one number in a fixed column. */

export type Direction = 'higher' | 'lower';

export interface Measure {
  readonly value: number;
  readonly better: Direction;
  /** Unit for people: `%`, `s`, `parameters`, … Fractions carry none. */
  readonly unit?: string;
}

export type Measures = Readonly<Record<string, Measure>>;
