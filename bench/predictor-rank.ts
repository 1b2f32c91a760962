/**
 * Ranking many rows with the 4 × 1000 MLP, against scikit-learn in float32 on the same cores, runs alternating.
 *   npx tsx bench/predictor-rank.ts [--rows 423624] [--width 45] [--rounds 3]
 * With --correlation: the rank correlation of that MLP on held-out NAS-Bench-201 cells beside the recorded one of scikit-learn.
 * Needs a Python with scikit-learn for the former: NASCENT_PEER_PYTHON (default python3). Fitting is not timed.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mlp } from '../predictors/mlp/index.js';
import { random } from '../src/base/random.js';
import { resolve } from '../src/catalog.js';
import type { Features } from '../src/contracts/predictor.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { rankCorrelation, readCells, reference, SETTINGS } from '../test/reference/predictor-ranks.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '423624' },
    width: { type: 'string', default: '45' },
    rounds: { type: 'string', default: '3' },
    correlation: { type: 'boolean', default: false },
  },
});

if (values.correlation) await correlations();
else await rates();

async function correlations(): Promise<void> {
  const cells = readCells();
  const { splits, ...recorded } = reference['mlp-1000'];
  for (const [labels, theirs] of Object.entries(recorded)) {
    const ours = await rankCorrelation(SETTINGS['mlp-1000'], Number(labels), splits, cells, () => onnxruntimeBackend());
    console.log(JSON.stringify({ labels: Number(labels), splits, ours, scikitLearn: theirs }));
  }
}

async function rates(): Promise<void> {
  const [rows, width] = [Number(values.rows), Number(values.width)];
  const engine = await onnxruntimeBackend();
  const context = {
    random: random(1),
    options: { epochs: 2 },
    engine: async () => engine,
    predictor: (name: string) => resolve('predictors', name),
  };
  const few = binaryRows(100, width);
  const fitted = await mlp(context).fit(
    few,
    Float64Array.from({ length: 100 }, (_, row) => few.values[row * width] + row),
  );
  await fitted.predict(binaryRows(4096, width));
  const all = binaryRows(rows, width);
  console.log(JSON.stringify({ rows, width, cores: availableParallelism(), loadBefore: loadavg()[0] }));
  for (let round = 0; round < Number(values.rounds); round++) {
    const started = performance.now();
    await fitted.predict(all);
    const ours = (performance.now() - started) / 1000;
    const theirs = peerSeconds(rows, width);
    console.log(JSON.stringify({ round, ours, scikitLearn: theirs, ratio: ours / theirs, load: loadavg()[0] }));
  }
  await fitted.release?.();
}

function binaryRows(count: number, width: number): Features {
  const stream = random(`rows of ${count}`);
  const all = new Float32Array(count * width);
  for (let i = 0; i < all.length; i++) all[i] = stream.integer(2);
  return { count, width, values: all };
}

function peerSeconds(rows: number, width: number): number {
  const script = join(import.meta.dirname, 'peers/predictors_sklearn.py');
  const python = process.env.NASCENT_PEER_PYTHON ?? 'python3';
  const printed = execFileSync(python, [script, '--rows', String(rows), '--width', String(width)], {
    encoding: 'utf8',
  });
  return (JSON.parse(printed) as { seconds: number }).seconds;
}
