/**
 * NASWOT against test accuracy and against published per-cell scores, and memory over many candidates of one process.
 *   npx tsx bench/naswot-correlation.ts [--count 1000] [--total 2000] [--seed 0] [--metric naswot] [--data FILE] [--tables FOLDER]
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { random } from '../src/base/random.js';
import { kendall, spearman } from '../src/base/rank-statistics.js';
import type { ScoreJob } from '../src/contracts/job.js';
import { localPool } from '../src/workers/local-pool.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    total: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '0' },
    metric: { type: 'string', default: 'naswot' },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
    tables: { type: 'string', default: '../shared/data' },
  },
});

const table = readTable('nas-bench-201.csv.gz');
const accuracy = new Map(table.map((row) => [row.arch, Number(row.c10_test_200)]));
const accuracy100 = new Map(table.map((row) => [row.arch, Number(row.c100_test_200)]));
const cost = new Map(table.map((row) => [row.arch, Number(row.c10_flops_M)]));
const published = readPublished();
const order = random(values.seed).shuffle(table.map((row) => row.arch));
const sample = order.slice(0, Number(values.count));
const cells = [...new Set([...sample, ...published.keys(), ...order])].slice(0, Math.max(Number(values.total), 1));

const pool = localPool();
const scores = new Map<string, number>();
const failures: string[] = [];
const memory: Record<number, number> = {};
let done = 0;
const started = performance.now();
await Promise.all(cells.map(score));
const seconds = (performance.now() - started) / 1000;
await pool.close();

console.log(
  JSON.stringify({
    metric: values.metric,
    scored: scores.size,
    failures: failures.length,
    firstFailure: failures[0],
    seconds,
    load: loadavg()[0],
    cifar10Test: correlate(sample, accuracy),
    cifar100Test: correlate(sample, accuracy100),
    multiplyAddsWithTest: pair(sample.map((cell) => [cost.get(cell) ?? 0, accuracy.get(cell) ?? 0])),
    publishedNwot: correlate([...published.keys()], published),
    residentMegabytes: memory,
    lastToHundredth: memory[done] / memory[100],
  }),
);

async function score(architecture: string): Promise<void> {
  const result = await pool.run<'score'>(jobOf(architecture));
  const score = result.scores[values.metric];
  if ('value' in score) scores.set(architecture, score.value);
  else failures.push(`${architecture}: ${score.failure}`);
  done++;
  if (done === 100 || done % 500 === 0 || done === cells.length)
    memory[done] = Math.round(process.memoryUsage().rss / 1e6);
}

function jobOf(architecture: string): ScoreJob {
  return {
    kind: 'score',
    network: { space: 'nas-bench-201', spaceOptions: {}, skeleton: {}, architecture },
    data: { data: `cifar10:${values.data}`, seed: Number(values.seed) },
    metrics: [values.metric],
    batch: 128,
    seed: Number(values.seed),
    engine: 'onnxruntime',
    threads: 1,
  };
}

/** Cells without a score are left out, and counted. */
function correlate(cellsOf: readonly string[], reference: ReadonlyMap<string, number>) {
  const pairs = cellsOf.flatMap((cell) => {
    const value = scores.get(cell);
    const other = reference.get(cell);
    return value === undefined || other === undefined ? [] : [[value, other] as const];
  });
  return pair(pairs);
}

function pair(pairs: readonly (readonly [number, number] | number[])[]) {
  const a = pairs.map(([x]) => x);
  const b = pairs.map(([, y]) => y);
  return { cells: pairs.length, kendall: kendall(a, b), spearman: spearman(a, b) };
}

/** The published scores of CIFAR-10, their digits (0 skip, 1 none, 2 3×3, 3 1×1, 4 pool; edges 1←0 2←0 3←0 2←1 3←1 3←2) as official strings. */
function readPublished(): Map<string, number> {
  const operations = ['skip_connect', 'none', 'nor_conv_3x3', 'nor_conv_1x1', 'avg_pool_3x3'];
  const rows = readTable('zero-cost-suite-nas-bench-201.csv.gz').filter((row) => row.dataset === 'cifar10');
  return new Map(
    rows.map((row) => {
      const [e10, e20, e30, e21, e31, e32] = row.arch.match(/\d/g)!.map((digit) => operations[Number(digit)]);
      return [`|${e10}~0|+|${e20}~0|${e21}~1|+|${e30}~0|${e31}~1|${e32}~2|`, Number(row.nwot)];
    }),
  );
}

function readTable(name: string): Record<string, string>[] {
  const lines = gunzipSync(readFileSync(join(values.tables, name)))
    .toString('utf8')
    .trim()
    .split('\n');
  const split = (line: string) =>
    line.match(/("[^"]*"|[^,]*)(,|$)/g)!.map((field) => field.replace(/,$/, '').replaceAll('"', ''));
  const columns = split(lines[0]);
  return lines.slice(1).map((line) => {
    const fields = split(line);
    return Object.fromEntries(columns.map((column, i) => [column, fields[i]]));
  });
}
