/**
 * In which order of axes each value of four axes is held. TensorFlow's convolutions and pools want images as NHWC and filters as
 * HWIO; what works element by element runs in any order. Values that such ops join form a region, and a region takes the order that
 * a convolution or a pool in it asks for, so that axes are turned only where an op of another kind needs them as the program says.
 */
import type { Op, Program, Shape, Value } from '../../contracts/program.js';

/** Physical axis i holds the program's axis `layout[i]`. */
export type Layout = readonly number[];

/** NHWC of a program's NCHW. */
export const IMAGE: Layout = [0, 2, 3, 1];
/** HWIO of a program's OIHW. */
export const FILTER: Layout = [2, 3, 1, 0];

/** Axes as the program has them. */
export function plainLayout(rank: number): Layout {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Lengths in the order in which they are held. */
export function held<T>(perAxis: readonly T[], layout: Layout): T[] {
  return layout.map((axis) => perAxis[axis]);
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** Which axes to transpose by, to come from one layout to another. */
export function turn(from: Layout, to: Layout): number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** Whether elements lie in memory as the program orders them: axes of length one may stand anywhere. */
export function keepsOrder(shape: Shape, layout: Layout): boolean {
  const long = layout.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]);
}

/**
 * What an op asks of its values: 'shared': all of four axes in one layout, whichever; 'plain': axes as the program has them;
 * 'free': the op turns axes itself, each value in its own layout; or a layout for each operand and the result.
 */
export type Demand = 'shared' | 'plain' | 'free' | { readonly operands: readonly Layout[]; readonly result: Layout };

/** The layout of each value's region. */
export function assignLayouts(program: Program, demandOf: (value: Value, op: Op) => Demand): Layout[] {
  const { values } = program;
  const regions = new Regions(values.length);
  forEachOp(program, (value, op) => {
    if (demandOf(value, op) !== 'shared') return;
    const joined = [...op.inputs, value].filter((member) => values[member].shape.length === 4);
    for (const member of joined) regions.join(joined[0], member);
  });
  const asked = new Map<Value, Layout>();
  forEachOp(program, (value, op) => {
    const demand = demandOf(value, op);
    if (typeof demand === 'string') return;
    [...op.inputs, value].forEach((member, i) => {
      const region = regions.of(member);
      // The first to ask decides: forward convolutions come before their gradients.
      if (!asked.has(region)) asked.set(region, demand.operands[i] ?? demand.result);
    });
  });
  return values.map(({ shape }, value) => asked.get(regions.of(value)) ?? plainLayout(shape.length));
}

function forEachOp(program: Program, visit: (value: Value, op: Op) => void): void {
  program.values.forEach(({ definition }, value) => {
    if (definition.kind === 'op') visit(value, definition.op);
  });
}

/** Disjoint sets of values. */
class Regions {
  private readonly parents: Int32Array;

  constructor(count: number) {
    this.parents = Int32Array.from({ length: count }, (_, value) => value);
  }

  /** The value that stands for a region. */
  of(value: Value): Value {
    let root: Value = value;
    while (this.parents[root] !== root) root = this.parents[root];
    // Shortens the way for the next who asks.
    this.parents[value] = root;
    return root;
  }

  join(a: Value, b: Value): void {
    this.parents[this.of(b)] = this.of(a);
  }
}
