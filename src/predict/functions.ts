/**
 * The pool of the default strategy: architectures described by what they compute.
 *
 * Cells of one function (a dead edge here, a renamed node there) are one row of features, so that each teaches about the others. A cell with
 * a graph is described in two views, each column standardised over the pool: what it computes, in three groups (counts along the paths of its
 * graph, counts of operations that follow each other, logarithms of parameters and multiply-adds), and where its operations stand (the
 * encoding). A space without a graph has one view, of its encoding and costs.
 */
import sum from 'lodash/sum.js';
import type { Features } from '../contracts/predictor.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { graphFeatures, labelsOf } from './graph-features.js';
import type { CandidatePool } from './pool.js';

/** Columns of the features that one predictor learns from. */
export interface View {
  /** The first column. */
  readonly start: number;
  /** Widths of the groups of columns from there on. */
  readonly groups: readonly number[];
}

export interface FunctionPool<A> extends CandidatePool<A> {
  /** For each architecture the number of its function. */
  readonly functionOf: Int32Array;
  /** The number of the function of any architecture; undefined where the pool has none of it. */
  numberOf(architecture: A): number | undefined;
  /** One row a function. */
  readonly functions: Features;
  /** What the cells compute, and where their operations stand; one where there is no graph. */
  readonly views: readonly View[];
}

/** A column that varies less is constant over the pool, up to rounding: it keeps its unit, for others may differ in it. */
const LEAST_DEVIATION = 1e-9;

export function functionPool<A>(space: SearchSpace<A>, architectures: readonly A[]): FunctionPool<A> {
  const numbers = new Map<string, number>();
  const forms: A[] = [];
  const functionOf = Int32Array.from(architectures, (architecture) => {
    const form = space.canonical(architecture, 'function');
    const text = space.format(form);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, forms.length);
    return forms.push(form) - 1;
  });
  const describe = describer(space, forms);
  const { functions } = describe;
  return {
    architectures,
    texts: architectures.map(space.format),
    get features() {
      return spread(functions, functionOf);
    },
    describe: (others) => describe.rows(others.map((other) => space.canonical(other, 'function'))),
    functionOf,
    numberOf: (architecture) => numbers.get(space.format(space.canonical(architecture, 'function'))),
    functions,
    views: describe.views,
  };
}

/** Features of canonical forms in the units of the pool. */
function describer<A>(space: SearchSpace<A>, forms: readonly A[]) {
  const { graph } = space;
  const labels = graph ? labelsOf(forms.map(graph)) : [];
  /** By views, their groups. */
  const groupsOf = (form: A): ArrayLike<number>[][] => {
    const cost = space.cost?.(form);
    const costs = cost ? [[Math.log(cost.parameters), Math.log(cost.multiplyAdds)]] : [];
    const encoding = space.encode(form);
    if (!graph) return [[encoding, ...costs]];
    const { paths, pairs } = graphFeatures(graph(form), labels);
    return [[paths, pairs, ...costs], [encoding]];
  };
  const views = viewsOf(groupsOf(forms[0]).map((groups) => groups.map(({ length }) => length)));
  const width = sum(views.flatMap(({ groups }) => groups));
  /** In units of their own, [rows, width]. */
  const written = (rows: readonly A[]): Float64Array => {
    const values = new Float64Array(rows.length * width);
    let at = 0;
    for (const row of rows) {
      for (const group of groupsOf(row).flat()) {
        values.set(group, at);
        at += group.length;
      }
    }
    return values;
  };
  const raw = written(forms);
  const scale = scaling(raw, width);
  const scaled = (own: Float64Array): Features => {
    const values = new Float32Array(own.length);
    for (let i = 0; i < own.length; i++) values[i] = (own[i] - scale.mean[i % width]) / scale.deviation[i % width];
    return { count: own.length / width, width, values };
  };
  return { views, functions: scaled(raw), rows: (others: readonly A[]) => scaled(written(others)) };
}

function viewsOf(widths: readonly (readonly number[])[]): View[] {
  let start = 0;
  return widths.map((groups) => {
    const view = { start, groups };
    start += sum(groups);
    return view;
  });
}

/** The columns of one view. */
export function viewed({ count, width, values }: Features, { start, groups }: View): Features {
  const own = sum(groups);
  const columns = new Float32Array(count * own);
  for (let row = 0; row < count; row++) {
    columns.set(values.subarray(row * width + start, row * width + start + own), row * own);
  }
  return { count, width: own, values: columns };
}

/** Mean and deviation of each column of [rows, width]. */
function scaling(values: Float64Array, width: number) {
  const count = values.length / width;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] += values[i] / count;
  for (let i = 0; i < values.length; i++) deviation[i % width] += (values[i] - mean[i % width]) ** 2;
  for (let i = 0; i < width; i++) {
    const own = Math.sqrt(deviation[i] / count);
    deviation[i] = own > LEAST_DEVIATION ? own : 1;
  }
  return { mean, deviation };
}

/** A row for each architecture. */
function spread({ width, values }: Features, functionOf: Int32Array): Features {
  const all = new Float32Array(functionOf.length * width);
  functionOf.forEach((number, row) => {
    all.set(values.subarray(number * width, (number + 1) * width), row * width);
  });
  return { count: functionOf.length, width, values: all };
}
