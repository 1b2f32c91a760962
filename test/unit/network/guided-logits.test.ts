/** Guided logits against the definition, in plain loops over float64. */
import { describe, expect, it } from 'vitest';
import type { KernelBackend } from '../../../src/contracts/kernel-backend.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { guidedLogits } from '../../../src/network/guided-logits.js';
import { crossEntropies } from '../../../src/network/loss.js';
import { normalTensor, runOnce, sumAll, worstError } from '../../../src/testing/kernel-backend-programs.js';

const BATCH = 6;
const CLASSES = 4;
const labels = Int32Array.of(0, 3, 1, 1, 2, 0);

function softmax(row: readonly number[]): number[] {
  const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
  return row.map((z) => Math.exp(z) / total);
}

/** Guided logits, and each path's gradient of Σ −log softmax(guided)[y]. */
function byDefinition(paths: readonly ArrayLike<number>[]) {
  const guided: number[] = [];
  const gradients = paths.map((): number[] => []);
  for (let n = 0; n < BATCH; n++) {
    const rows = paths.map((logits) => Array.from({ length: CLASSES }, (_, c) => logits[n * CLASSES + c]));
    const truth = rows[0].map((_, c) => Number(c === labels[n]));
    const weakness = rows.map((row) => softmax(row).map((p, c) => Math.abs(truth[c] - p)));
    const weakest = truth.map((_, c) => Math.max(...weakness.map((scores) => scores[c])));
    const chosen = rows.map((_, k) => truth.map((_t, c) => Number(weakness[k][c] === weakest[c])));
    const count = truth.map((_, c) => chosen.reduce((sum, one) => sum + one[c], 0));
    const row = truth.map((_, c) => rows.reduce((sum, one, k) => sum + one[c] * chosen[k][c], 0) / count[c]);
    const slope = softmax(row).map((p, c) => (p - truth[c]) / count[c]);
    guided.push(...row);
    gradients.forEach((gradient, k) => {
      gradient.push(...slope.map((value, c) => value * chosen[k][c]));
    });
  }
  return { guided, gradients };
}

async function computed(engine: KernelBackend, paths: readonly ArrayLike<number>[]) {
  const b = programBuilder();
  const shape = [BATCH, CLASSES];
  const inputs = paths.map((_, k) => b.input(`path${k}`, shape));
  const target = b.input('labels', [BATCH], 'int32');
  const guided = guidedLogits(b, inputs, target);
  const gradients = differentiate(b, sumAll(b, crossEntropies(b, guided, target)), inputs);
  const program = b.finish({ guided, ...Object.fromEntries(gradients.map((value, k) => [`gradient${k}`, value])) });
  const feeds = paths.map(
    (data, k) => [`path${k}`, { dtype: 'float32', shape, data: Float32Array.from(data) }] as const,
  );
  const label = { dtype: 'int32', shape: [BATCH], data: labels } as const;
  return runOnce(engine, { program, inputs: { ...Object.fromEntries(feeds), labels: label } });
}

const drawn = (name: string) => normalTensor(name, BATCH, CLASSES).data;
const cases: Readonly<Record<string, readonly ArrayLike<number>[]>> = {
  'two paths': [drawn('first'), drawn('second')],
  'three paths': [drawn('first'), drawn('second'), drawn('third')],
  'one path, which is then the plain loss': [drawn('first')],
  'equal paths, which share the gradient': [drawn('first'), drawn('first')],
};

const engines: readonly (readonly [string, () => Promise<KernelBackend>])[] = [
  ['the reference engine', async () => referenceBackend()],
  ['onnxruntime', onnxruntimeBackend],
];

describe.each(engines)('guided logits on %s', (_, backend) => {
  it.each(Object.entries(cases))('of %s', async (_name, paths) => {
    const { guided, gradients } = byDefinition(paths);
    const got = await computed(await backend(), paths);
    expect(worstError(guided, got.guided.data)).toBeLessThan(1e-4);
    gradients.forEach((gradient, k) => {
      expect(worstError(gradient, got[`gradient${k}`].data), `path ${k}`).toBeLessThan(1e-4);
    });
  });
});
