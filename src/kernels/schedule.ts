/** The order in which a program's ops are run. Engines keep the order that they are given, and with it what memory holds. */
import type { Program, Value, ValueInfo } from '../contracts/program.js';
import { renameInputs } from './program.js';

/**
 * The same program, in which what leads to an output alone stands as early as it can: an image that is counted, or a gradient that is summed, can
 * then be forgotten. In the order of writing all that is read off a long pass would be held until its end.
 */
export function outputsEarly({ values, outputs }: Program): Program {
  const tails = tailsOf(values, new Set(Object.values(outputs)));
  const waiting = new Map<Value, number>();
  /** Of each value those tails that read it. */
  const readers: Value[][] = values.map(() => []);
  const placed = new Int32Array(values.length).fill(-1);
  const ordered: Value[] = [];

  const place = (value: Value): void => {
    const next = [value];
    for (let current = next.pop(); current !== undefined; current = next.pop()) {
      if (placed[current] >= 0) continue;
      placed[current] = ordered.length;
      ordered.push(current);
      for (const reader of readers[current]) {
        const left = (waiting.get(reader) ?? 0) - 1;
        waiting.set(reader, left);
        if (left === 0) next.push(reader);
      }
    }
  };
  for (const value of tails) {
    const inputs = new Set(inputsOf(values[value]));
    waiting.set(value, inputs.size);
    for (const input of inputs) readers[input].push(value);
  }
  for (let value = 0; value < values.length; value++)
    if (!tails.has(value) || inputsOf(values[value]).length === 0) place(value);
  return {
    values: ordered.map((value) => renameInputs(values[value], placed)),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, placed[value]])),
  };
}

/** Values that lead to one output and nowhere else, one after the other. */
function tailsOf(values: readonly ValueInfo[], outputs: ReadonlySet<Value>): Set<Value> {
  const uses = new Int32Array(values.length);
  const lastUser = new Int32Array(values.length);
  for (const [value, info] of values.entries()) {
    for (const input of new Set(inputsOf(info))) {
      uses[input]++;
      lastUser[input] = value;
    }
  }
  const tails = new Set<Value>();
  for (let value = values.length - 1; value >= 0; value--) {
    if (values[value].definition.kind !== 'op') continue;
    const leadsToOne = uses[value] === 1 && tails.has(lastUser[value]) && !outputs.has(value);
    if (leadsToOne || (uses[value] === 0 && outputs.has(value))) tails.add(value);
  }
  return tails;
}

function inputsOf({ definition }: ValueInfo): readonly Value[] {
  return definition.kind === 'op' ? definition.op.inputs : [];
}
