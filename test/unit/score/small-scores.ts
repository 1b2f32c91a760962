/** Scores of small networks, and any value of a score's program, on the reference engine. */

import { random } from '../../../src/base/random.js';
import { type CatalogEntries, resolve } from '../../../src/catalog.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Metric, ScoreContext, ScoreResult } from '../../../src/contracts/metric.js';
import type { Network } from '../../../src/contracts/network.js';
import type { Value } from '../../../src/contracts/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { rememberedTensors } from '../../../src/network/weights.js';
import { computeScore } from '../../../src/score/compute.js';
import type { WritableScoreProgram } from '../../../src/score/program.js';

/** The network of a text, or of a draw, in a skeleton that is quick to run. */
export async function networkOf(
  space: string,
  text?: string,
  classes = 10,
  options: JsonObject = {},
): Promise<Network> {
  const made: ReturnType<CatalogEntries['spaces']> = (await resolve('spaces', space))(options);
  const architecture = text === undefined ? made.sample(random('small')) : made.parse(text);
  return made.network(architecture, { channels: 4, cells: 1, classes, inputShape: [3, 8, 8] });
}

/** A batch of normal numbers, whose labels go round the classes. */
export function contextOf(network: Network, size = 6): ScoreContext {
  const stream = random('images');
  const pixels = size * network.inputShape.reduce((x, y) => x * y);
  const images = Float32Array.from({ length: pixels }, () => stream.normal());
  const labels = Int32Array.from({ length: size }, (_, i) => i % network.classes);
  return {
    network,
    batch: { images, labels, size },
    engine: referenceBackend({ precision: 'float64' }),
    random: random('metric'),
    initialize: rememberedTensors(random('weights')),
    threads: 1,
  };
}

/** The numbers of values of a score's program. */
export async function numbersOf<K extends string>(
  { builder, feeds }: WritableScoreProgram,
  outputs: Readonly<Record<K, Value>>,
): Promise<Record<K, Float64Array>> {
  const engine = referenceBackend({ precision: 'float64' });
  const executable = await engine.compile(builder.finish(outputs));
  const inputs = Object.entries(feeds).map(([name, tensor]) => [name, engine.upload(tensor)] as const);
  const results = Object.entries(await executable.run(Object.fromEntries(inputs)));
  const numbers = results.map(async ([name, buffer]) => [
    name,
    Float64Array.from((await engine.download(buffer)).data),
  ]);
  return Object.fromEntries(await Promise.all(numbers));
}

export async function scoreOf(metric: Metric, context: ScoreContext): Promise<number> {
  const result = await computeScore(metric, context);
  if ('failure' in result) throw new Error(result.failure);
  return result.value;
}

export async function failureOf(metric: Metric, context: ScoreContext): Promise<string> {
  const result: ScoreResult = await computeScore(metric, context);
  if ('value' in result) throw new Error(`scored ${result.value}`);
  return result.failure;
}

/** Descending singular values by one-sided Jacobi rotations (Golub & Van Loan, section 8.6.3). @param columns each of one length */
export function singularValues(columns: readonly (readonly number[])[]): number[] {
  const a = columns.map((column) => [...column]);
  const product = (p: number, q: number) => a[p].reduce((sum, x, i) => sum + x * a[q][i], 0);
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < a.length; p++) {
      for (let q = p + 1; q < a.length; q++) {
        const cross = product(p, q);
        if (cross === 0) continue;
        const angle = 0.5 * Math.atan2(2 * cross, product(p, p) - product(q, q));
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let i = 0; i < a[p].length; i++) {
          [a[p][i], a[q][i]] = [c * a[p][i] + s * a[q][i], c * a[q][i] - s * a[p][i]];
        }
      }
    }
  }
  return a.map((_, p) => Math.sqrt(product(p, p))).sort((x, y) => y - x);
}
