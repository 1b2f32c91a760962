/**
 * Scoring rate against PyTorch on the same cells and cores, runs alternating.
 *   npm run build && npx tsx bench/naswot-rate.ts [--count 24] [--rounds 3] [--data FILE] [--peer "PROCEDURE PROCESSES THREADS [FLAGS]"]…
 * Needs a Python with torch: NASCENT_PEER_PYTHON (default python3). Start-up of either side does not count: each warms up first.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import type { ScoreJob } from '../src/contracts/job.js';
import { localPool } from '../src/workers/local-pool.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '24' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
    peer: {
      type: 'string',
      multiple: true,
      default: ['published 2 1', 'published 1 2', 'forward-only 2 1', 'forward-only 2 1 --channels-last'],
    },
  },
});

const space = nasBench201();
const stream = random(values.seed);
const architectures = distinctCells(Number(values.count));
const pool = localPool();
await ours(architectures.slice(0, 2 * pool.size));
const folder = mkdtempSync(join(tmpdir(), 'nascent-rate-'));
writeFileSync(join(folder, 'cells.txt'), `${architectures.join('\n')}\n`);
console.log(JSON.stringify({ cells: architectures.length, cores: availableParallelism(), loadBefore: loadavg()[0] }));
for (let round = 0; round < Number(values.rounds); round++) {
  const mine = await ours(architectures);
  const peers = values.peer.map((peer) => [peer, theirs(peer)] as const);
  const again = await ours(architectures);
  const rate = (architectures.length * 2) / (mine + again);
  const ratios = Object.fromEntries(peers.map(([peer, perSecond]) => [peer, { perSecond, ratio: rate / perSecond }]));
  console.log(JSON.stringify({ round, perSecond: rate, secondsACell: 1 / rate, peers: ratios }));
}
await pool.close();

/** Distinct under the published rule, so that no score is shared. */
function distinctCells(count: number): string[] {
  const cells = new Map<string, string>();
  while (cells.size < count) {
    const cell = space.sample(stream);
    const key = space.format(space.canonical(cell, 'activations'));
    if (!cells.has(key)) cells.set(key, space.format(cell));
  }
  return [...cells.values()];
}

/** Seconds for all cells on all cores. */
async function ours(cells: readonly string[]): Promise<number> {
  const started = performance.now();
  await Promise.all(cells.map((architecture) => pool.run<'score'>(jobOf(architecture))));
  return (performance.now() - started) / 1000;
}

function jobOf(architecture: string): ScoreJob {
  return {
    kind: 'score',
    network: { space: 'nas-bench-201', spaceOptions: {}, skeleton: {}, architecture },
    data: { data: `cifar10:${values.data}`, seed: 0 },
    metrics: ['naswot'],
    batch: 128,
    seed: 0,
    engine: 'onnxruntime',
    threads: 1,
  };
}

/** Cells a second of the peer. */
function theirs(peer: string): number {
  const [procedure, processes, threads, ...flags] = peer.split(' ');
  const script = join(import.meta.dirname, 'peers/naswot.py');
  const options = [
    '--arch-file',
    join(folder, 'cells.txt'),
    '--data',
    values.data,
    '--batch',
    '128',
    '--procedure',
    procedure,
  ];
  const printed = execFileSync(
    process.env.NASCENT_PEER_PYTHON ?? 'python3',
    [script, ...options, '--processes', processes, '--threads', threads, ...flags],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const summary = JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
  return summary.cells_per_second ?? 1 / summary.seconds_per_cell_mean;
}
