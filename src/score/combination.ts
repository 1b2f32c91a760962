/** Scores that are made of other scores. */
import type { Metric, ScoreProgram, ScoreReading } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';

/**
 * The reading of a formula over other metrics' scores, which share the program. Where a part has none, neither has the whole.
 * @param formula from the parts' scores, in the order of `parts`
 */
export function combination(
  program: ScoreProgram,
  parts: readonly Metric[],
  formula: (scores: readonly number[]) => number,
): ScoreReading {
  const readings = parts.map((part) => part.write(program));
  const outputs: Record<string, Value> = {};
  for (const [i, reading] of readings.entries()) {
    for (const [name, value] of Object.entries(reading.outputs)) outputs[`${parts[i].name}.${name}`] = value;
  }
  return {
    outputs,
    score: (results) => {
      const scores: number[] = [];
      for (const [i, reading] of readings.entries()) {
        const own = Object.keys(reading.outputs).map((name) => [name, results[`${parts[i].name}.${name}`]] as const);
        const result = reading.score(Object.fromEntries(own));
        if ('failure' in result) return { failure: `${parts[i].name}: ${result.failure}` };
        scores.push(result.value);
      }
      return { value: formula(scores) };
    },
  };
}
