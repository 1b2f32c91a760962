/** Scores of one network: all metrics write one program, which runs once. */
import { messageOf, NascentError } from '../base/errors.js';
import type { Executable, KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { Metric, ScoreContext, ScoreReading, ScoreResult } from '../contracts/metric.js';
import type { Program, Value } from '../contracts/program.js';
import { scoreProgram } from './program.js';

/**
 * The scores of an untrained network by each of `metrics`, by name. A number that is not finite is a failure.
 * @throws what concerns all of them: an engine that cannot run the program
 */
export async function computeScores(
  metrics: readonly Metric[],
  context: ScoreContext,
): Promise<Record<string, ScoreResult>> {
  const program = scoreProgram(context);
  const readings = metrics.map((metric) => [metric.name, tryTo(() => metric.write(program))] as const);
  const outputs: Record<string, Value> = {};
  for (const [, reading] of readings) {
    if ('failure' in reading) continue;
    for (const value of Object.values(reading.outputs)) outputs[nameOf(value)] = value;
  }
  const nothingToRun = Object.keys(outputs).length === 0;
  const results = nothingToRun ? {} : await run(program.builder.finish(outputs), program.feeds, context);
  return Object.fromEntries(readings.map(([name, reading]) => [name, read(reading, results)]));
}

/** The score by one metric. */
export async function computeScore(metric: Metric, context: ScoreContext): Promise<ScoreResult> {
  return (await computeScores([metric], context))[metric.name];
}

const nameOf = (value: Value) => `value${value}`;

function read(reading: ScoreReading | { readonly failure: string }, results: Readonly<Record<string, Tensor>>) {
  if ('failure' in reading) return reading;
  const own = Object.entries(reading.outputs).map(([name, value]) => [name, results[nameOf(value)]] as const);
  const result = tryTo(() => reading.score(Object.fromEntries(own)));
  return 'failure' in result || Number.isFinite(result.value) ? result : { failure: `the score is ${result.value}` };
}

/** What it throws for a reason of its own is its failure; an error of the program text is none. */
function tryTo<T>(compute: () => T): T | { readonly failure: string } {
  try {
    return compute();
  } catch (thrown) {
    if (thrown instanceof NascentError) return { failure: messageOf(thrown) };
    throw thrown;
  }
}

async function run(
  program: Program,
  feeds: Readonly<Record<string, Tensor>>,
  { engine, threads }: ScoreContext,
): Promise<Record<string, Tensor>> {
  const executable = await engine.compile(program, { threads });
  try {
    return await runOnce(executable, feeds, engine);
  } finally {
    await executable.release();
  }
}

async function runOnce(
  executable: Executable,
  feeds: Readonly<Record<string, Tensor>>,
  engine: KernelBackend,
): Promise<Record<string, Tensor>> {
  const inputs = Object.entries(feeds).map(([name, tensor]) => [name, engine.upload(tensor)] as const);
  const outputs = await executable.run(Object.fromEntries(inputs));
  for (const [, buffer] of inputs) buffer.release();
  const results = Object.entries(outputs).map(async ([name, buffer]) => {
    const tensor = await engine.download(buffer);
    buffer.release();
    return [name, tensor] as const;
  });
  return Object.fromEntries(await Promise.all(results));
}
