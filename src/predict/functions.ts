/**
 * The pool of the default strategy: architectures described by what they compute.
 *
 * Cells of one function (a dead edge here, a renamed node there) are one row of features, so that each teaches about the others. Three
 * groups of features, each column standardised over the pool: counts along the paths of the cell's graph, counts of operations that follow
 * each other, and logarithms of parameters and multiply-adds. A space without a graph is described by its encoding instead of the first two.
 */
import type { Features } from '../contracts/predictor.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { graphFeatures, labelsOf } from './graph-features.js';
import type { CandidatePool } from './pool.js';

export interface FunctionPool<A> extends CandidatePool<A> {
  /** For each architecture the number of its function. */
  readonly functionOf: Int32Array;
  /** The number of the function of any architecture; undefined where the pool has none of it. */
  numberOf(architecture: A): number | undefined;
  /** One row a function. */
  readonly functions: Features;
  /** Widths of the groups of features. */
  readonly groups: readonly number[];
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
    groups: describe.groups,
  };
}

/** Features of canonical forms in the units of the pool. */
function describer<A>(space: SearchSpace<A>, forms: readonly A[]) {
  const { graph } = space;
  const labels = graph ? labelsOf(forms.map(graph)) : [];
  const groupsOf = (form: A): ArrayLike<number>[] => {
    const cost = space.cost?.(form);
    const costs = cost ? [[Math.log(cost.parameters), Math.log(cost.multiplyAdds)]] : [];
    if (!graph) return [space.encode(form), ...costs];
    const { paths, pairs } = graphFeatures(graph(form), labels);
    return [paths, pairs, ...costs];
  };
  const described = forms.map(groupsOf);
  const groups = described[0].map(({ length }) => length);
  const raw = described.map(joined);
  const width = groups.reduce((total, length) => total + length, 0);
  const scale = scaling(raw, width);
  const scaled = (rows: readonly (readonly number[])[]): Features => {
    const values = new Float32Array(rows.length * width);
    rows.forEach((row, number) => {
      row.forEach((value, i) => {
        values[number * width + i] = (value - scale.mean[i]) / scale.deviation[i];
      });
    });
    return { count: rows.length, width, values };
  };
  return {
    groups,
    functions: scaled(raw),
    rows: (others: readonly A[]) => scaled(others.map((other) => joined(groupsOf(other)))),
  };
}

function joined(groups: readonly ArrayLike<number>[]): number[] {
  return groups.flatMap((group) => Array.from(group));
}

/** Mean and deviation of each column. */
function scaling(rows: readonly (readonly number[])[], width: number) {
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    for (const row of rows) mean[i] += row[i] / rows.length;
    const variance = rows.reduce((total, row) => total + (row[i] - mean[i]) ** 2, 0) / rows.length;
    deviation[i] = Math.sqrt(variance) > LEAST_DEVIATION ? Math.sqrt(variance) : 1;
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
