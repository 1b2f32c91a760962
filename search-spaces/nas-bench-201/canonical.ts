/**
 * Which cells are the same, and the one that stands for them.
 *
 * View 'function': two cells are the same where their output expressions (see `expression.ts`) are equal once convolutions are
 * renamed, kernel size kept. Edges that the output does not need are ignored; nodes have no names, so nodes 1 and 2 may be exchanged.
 *
 * View 'activations': the output expressions and, under the same renaming, the multisets of what the cell's ReLUs read must be
 * equal. Every convolution edge has one ReLU, dead edges and those that read zero included. A convolution whose result nothing
 * reads counts by its input alone: its kernel size changes no ReLU.
 *
 * The 15,625 cells fall into 5,260 classes of 'function' and 5,618 of 'activations'. Published counts differ as their definitions
 * do: 5,425 where two pools of one input are told apart, 4,930 where two convolutions of one input and kernel size are
 * not told apart either. Cells of one class give equal numbers up to rounding once their weights are matched; cells drawn with
 * weights of their own do so in distribution only, which is why the representative is what gets scored.
 */
import type { EquivalenceView } from '../../src/contracts/search-space.js';
import { type CellExpressions, type Convolution, cellExpressions, type Expression, type Term } from './expression.js';
import { type Genotype, genotypeAt, indexOf, SIZE } from './genotype.js';

/** Text that two cells share if and only if they are the same under `view`. */
export function equivalenceKey(genotype: Genotype, view: EquivalenceView): string {
  return keyOf(cellExpressions(genotype), view);
}

/**
 * The key is the cell written as equations, one for each convolution whose result is read, under the numbering of these convolutions
 * that gives the smallest text. Convolutions are numbered by colour first (their text with all numbers left out, which
 * no renaming changes), so that only those of one colour have to be permuted.
 */
export function keyOf(cell: CellExpressions, view: EquivalenceView): string {
  const roots = view === 'function' ? [cell.output] : [cell.output, ...cell.convolutions.map(({ input }) => input)];
  const byEdge = new Map(cell.convolutions.map((convolution) => [convolution.edge, convolution]));
  const read = readConvolutions(roots, byEdge);
  const unread = view === 'function' ? [] : cell.convolutions.filter((convolution) => !read.has(convolution));
  let smallest: string | undefined;
  for (const order of numberings(byColour([...read], byEdge))) {
    const text = equations(cell.output, order, unread);
    if (smallest === undefined || text < smallest) smallest = text;
  }
  return smallest as string;
}

/** Convolutions whose results some root needs. */
function readConvolutions(
  roots: readonly Expression[],
  byEdge: ReadonlyMap<number, Convolution>,
): ReadonlySet<Convolution> {
  const read = new Set<Convolution>();
  const visit = (expression: Expression): void => {
    for (const term of expression) {
      if (term.kind === 'pool') visit(term.of);
      if (term.kind !== 'convolution') continue;
      const convolution = byEdge.get(term.edge) as Convolution;
      if (read.has(convolution)) continue;
      read.add(convolution);
      visit(convolution.input);
    }
  };
  roots.forEach(visit);
  return read;
}

/** Convolutions of equal colour together, colours in order of their text. */
function byColour(convolutions: readonly Convolution[], byEdge: ReadonlyMap<number, Convolution>): Convolution[][] {
  const colour = ({ kernel, input }: Convolution): string =>
    `${kernel}(${write(input, (edge) => colour(byEdge.get(edge) as Convolution))})`;
  const groups = new Map<string, Convolution[]>();
  for (const convolution of convolutions) {
    const name = colour(convolution);
    const group = groups.get(name);
    if (group) group.push(convolution);
    else groups.set(name, [convolution]);
  }
  return [...groups.keys()].sort().map((name) => groups.get(name) as Convolution[]);
}

/** Every order of the groups' members that keeps the groups in order. */
function numberings(groups: readonly (readonly Convolution[])[]): Convolution[][] {
  if (groups.every(({ length }) => length === 1)) return [groups.flat()];
  let orders: Convolution[][] = [[]];
  for (const group of groups) {
    const own = permutations(group);
    orders = orders.flatMap((order) => own.map((members) => [...order, ...members]));
  }
  return orders;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, i) => permutations(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** The cell as text: output; each numbered convolution with its input; inputs of convolutions that nothing reads. */
function equations(output: Expression, order: readonly Convolution[], unread: readonly Convolution[]): string {
  const numbers = new Map(order.map(({ edge }, number) => [edge, `c${number}`]));
  const numbered = (expression: Expression): string => write(expression, (edge) => numbers.get(edge) as string);
  const defined = order.map(({ kernel, input }) => `${kernel}(${numbered(input)})`);
  const loose = unread.map(({ input }) => numbered(input)).sort();
  return [numbered(output), defined.join(), loose.join(' ')].join(';');
}

/** A sum as text that does not depend on the order of its terms; the empty sum is `0`. */
function write(expression: Expression, convolution: (edge: number) => string): string {
  const term = (one: Term): string => {
    if (one.kind === 'input') return 'x';
    return one.kind === 'pool' ? `p(${write(one.of, convolution)})` : convolution(one.edge);
  };
  if (expression.length < 2) return expression.length === 0 ? '0' : term(expression[0]);
  return expression.map(term).sort().join('+');
}

/** For each place in enumeration order, the place of the first cell that is the same under `view`. */
function representatives(view: EquivalenceView): Uint16Array {
  const first = new Map<string, number>();
  return Uint16Array.from({ length: SIZE }, (_, index) => {
    const key = equivalenceKey(genotypeAt(index), view);
    const known = first.get(key);
    if (known !== undefined) return known;
    first.set(key, index);
    return index;
  });
}

/**
 * A function from a cell to the first cell, in enumeration order, that is the same under a view. All cells are classed at a view's
 * first call (a fraction of a second); later calls look up.
 */
export function canonicalization(): (genotype: Genotype, view: EquivalenceView) => Genotype {
  const tables = new Map<EquivalenceView, Uint16Array>();
  return (genotype, view) => {
    const table = tables.get(view) ?? representatives(view);
    tables.set(view, table);
    return genotypeAt(table[indexOf(genotype)]);
  };
}
