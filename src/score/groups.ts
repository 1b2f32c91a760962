/**
 * Which scores are computed in one program: those that share a pass through the network. Others gain nothing from standing in one program, and
 * lose: engines take longer for an op the more ops a program has, and hold more of it in memory.
 */
import type { PrimitiveName, Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { ancestors } from './layers.js';

/** What passes are made of; scores that share only sums or weights share no pass. */
const HEAVY: ReadonlySet<PrimitiveName> = new Set(['conv2d', 'matmul', 'conv2dInputGradient', 'conv2dFilterGradient']);

/**
 * Groups of scores, by index, in the order of their first.
 * @param outputs of each score; one without outputs is in no group
 */
export function groupsThatShare(builder: ProgramBuilder, outputs: readonly (readonly Value[])[]): number[][] {
  const groups: { readonly scores: number[]; readonly values: Set<Value> }[] = [];
  for (const [score, values] of outputs.entries()) {
    if (values.length === 0) continue;
    const own = heavyValues(builder, values);
    const [first, ...others] = groups.filter((group) => [...own].some((value) => group.values.has(value)));
    const joined = first ?? { scores: [], values: new Set<Value>() };
    if (first === undefined) groups.push(joined);
    joined.scores.push(score, ...others.flatMap(({ scores }) => scores));
    for (const value of [own, ...others.map((group) => group.values)].flatMap((set) => [...set]))
      joined.values.add(value);
    for (const group of others) groups.splice(groups.indexOf(group), 1);
  }
  return groups.map(({ scores }) => scores.sort((a, b) => a - b));
}

function heavyValues(builder: ProgramBuilder, outputs: readonly Value[]): Set<Value> {
  const isHeavy = (value: Value) => HEAVY.has(builder.opOf(value)?.primitive ?? 'add');
  return new Set(ancestors({ builder }, ...outputs).filter(isHeavy));
}
