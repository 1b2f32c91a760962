/** The readings that most metrics have. */
import type { ScoreReading } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';

/** The score is a number that the program computes, or a function of it. @param value scalar */
export function scalarReading(value: Value, score: (number: number) => number = (number) => number): ScoreReading {
  return { outputs: { value }, score: (results) => ({ value: score(results.value.data[0]) }) };
}

/** The score needs no computing. */
export function constantReading(value: number): ScoreReading {
  return { outputs: {}, score: () => ({ value }) };
}
