/**
 * Training throughput against PyTorch doing the same steps, runs alternating. Each side trains one network on each core.
 *   npx tsx bench/training-rate.ts [--steps 12] [--rounds 3] [--batch 64] [--peer "PROCESSES THREADS [FLAGS]"]…
 * Needs a Python with torch: NASCENT_PEER_PYTHON (default python3). Compilation and warm-up do not count on either side.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { typescriptOptions } from '../src/workers/local-pool.js';
import { CELLS } from './training.js';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '64' },
    peer: { type: 'string', multiple: true, default: ['2 1 --channels-last', '1 2 --channels-last', '2 1'] },
  },
});
const steps = Number(values.steps);
const batch = Number(values.batch);

for (const cell of CELLS) {
  const trainings = await Promise.all(Array.from({ length: availableParallelism() }, () => startTraining(cell)));
  await Promise.all(trainings.map((training) => training.steps(2)));
  for (let round = 0; round < Number(values.rounds); round++) {
    const load = loadavg()[0];
    const first = await ours(trainings);
    const peers = values.peer.map((peer) => [peer, theirs(cell, peer)] as const);
    const second = await ours(trainings);
    const rate = (first + second) / 2;
    const ratios = Object.fromEntries(
      peers.map(([peer, perSecond]) => [peer, { imagesPerSecond: perSecond, ratio: rate / perSecond }]),
    );
    console.log(JSON.stringify({ cell, round, load, imagesPerSecond: rate, peers: ratios }));
  }
  await Promise.all(trainings.map((training) => training.close()));
}

interface Training {
  /** Runs steps and waits for their end. */
  steps(count: number): Promise<void>;
  close(): Promise<number>;
}

/** A training in a thread of its own, as the platform runs them: onnxruntime's `run` blocks the thread that calls it. */
async function startTraining(cell: string): Promise<Training> {
  const worker = new Worker(new URL('./training-worker.ts', import.meta.url), {
    workerData: { cell, batch },
    execArgv: typescriptOptions(),
  });
  const answer = () => once(worker, 'message');
  await answer();
  return {
    async steps(count) {
      const done = answer();
      worker.postMessage(count);
      await done;
    },
    close: () => worker.terminate(),
  };
}

/** Images a second over all trainings. */
async function ours(trainings: readonly Training[]): Promise<number> {
  const started = performance.now();
  await Promise.all(trainings.map((training) => training.steps(steps)));
  return (trainings.length * steps * batch * 1000) / (performance.now() - started);
}

function theirs(cell: string, peer: string): number {
  const [processes, threads, ...flags] = peer.split(' ');
  const script = join(import.meta.dirname, 'peers/training.py');
  const options = [
    '--arch',
    cell,
    '--steps',
    values.steps,
    '--batch',
    values.batch,
    '--processes',
    processes,
    '--threads',
    threads,
  ];
  const printed = execFileSync(process.env.NASCENT_PEER_PYTHON ?? 'python3', [script, ...options, ...flags], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as { images_per_second: number }).images_per_second;
}
