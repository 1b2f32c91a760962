/**
 * Scores against published per-cell values (NAS-Bench-Suite-Zero, 725 cells of NAS-Bench-201, CIFAR-10), and against test accuracy. What is
 * computed is appended to a file, and not computed again.
 *   npx tsx bench/score-fidelity.ts [--count 725] [--metrics a,b] [--batch 64] [--workers 2] [--scores FILE] [--data FILE] [--tables FOLDER]
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import { kendall, spearman } from '../src/base/rank-statistics.js';
import { resolve } from '../src/catalog.js';
import type { ScoreResult } from '../src/contracts/metric.js';
import { isLive } from '../src/correlate/population.js';
import { localPool } from '../src/workers/local-pool.js';
import { type Row, readPublishedScores, readTable } from './tables.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '725' },
    metrics: {
      type: 'string',
      default:
        'nascent,naswot,jacobian-covariance,gradient-norm,snip,plain,fisher,synflow,weight-norm,parameters,multiply-adds',
    },
    batch: { type: 'string', default: '64' },
    workers: { type: 'string', default: '2' },
    scores: { type: 'string', default: 'scores.ndjson' },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
    tables: { type: 'string', default: '../shared/data' },
  },
});

/** Columns of the published table, by the metric that they are values of. */
const COLUMNS: Readonly<Record<string, string>> = {
  naswot: 'nwot',
  'jacobian-covariance': 'jacov',
  'gradient-norm': 'grad_norm',
  'weight-norm': 'l2_norm',
  'epe-nas': 'epe_nas',
  parameters: 'params',
  'multiply-adds': 'flops',
};

interface Scored {
  readonly arch: string;
  readonly scores: Readonly<Record<string, ScoreResult>>;
}

const published = readPublishedScores(values.tables);
const accuracy = new Map(readTable(values.tables, 'nas-bench-201.csv.gz').map((row) => [row.arch, row]));
const cells = random(0)
  .shuffle([...published.keys()])
  .slice(0, Number(values.count));
const metrics = values.metrics.split(',');
await scoreMissing();
const space = nasBench201();
const scored = kept().filter(({ arch }) => cells.includes(arch));
const live = scored.filter(({ arch }) => isLive(space, space.parse(arch)));
for (const metric of Object.keys(scored[0].scores)) {
  const { higherIsBetter } = await resolve('metrics', metric);
  const of = correlationsOf(metric, higherIsBetter ? 1 : -1);
  console.log(
    JSON.stringify({
      metric,
      failures: scored.filter(({ scores }) => 'failure' in scores[metric]).length,
      published: of(scored, ({ arch }) => Number(published.get(arch)![COLUMNS[metric] ?? metric])),
      all: of(scored, testAccuracy('c10')),
      live: of(live, testAccuracy('c10')),
      liveCifar100: of(live, testAccuracy('c100')),
    }),
  );
}

async function scoreMissing(): Promise<void> {
  const done = new Set(kept().map(({ arch }) => arch));
  const pool = localPool({ size: Number(values.workers) });
  const missing = cells.filter((cell) => !done.has(cell));
  await Promise.all(
    missing.map(async (architecture) => {
      const { scores } = await pool.run<'score'>({
        kind: 'score',
        network: { space: 'nas-bench-201', spaceOptions: {}, skeleton: {}, architecture },
        data: { data: `cifar10:${values.data}`, seed: 0 },
        metrics,
        batch: Number(values.batch),
        seed: 0,
        engine: 'onnxruntime',
        threads: 1,
      });
      appendFileSync(values.scores, `${JSON.stringify({ arch: architecture, scores })}\n`);
    }),
  );
  await pool.close();
}

function kept(): Scored[] {
  if (!existsSync(values.scores)) return [];
  const lines = readFileSync(values.scores, 'utf8').trim().split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Scored);
}

function testAccuracy(data: 'c10' | 'c100'): (cell: Scored) => number {
  return ({ arch }) => Number((accuracy.get(arch) as Row)[`${data}_test_200`]);
}

/** A failure ranks last; where the other value is missing, the cell is left out. @param sign −1: lower scores are better */
function correlationsOf(metric: string, sign: number) {
  const scoreOf = ({ scores }: Scored) => {
    const score = scores[metric];
    return 'failure' in score ? Number.NEGATIVE_INFINITY : sign * score.value;
  };
  return (cells: readonly Scored[], other: (cell: Scored) => number) => {
    const known = cells.filter((cell) => Number.isFinite(other(cell)));
    if (known.length === 0) return undefined;
    const best = [...known].sort((x, y) => other(y) - other(x)).slice(0, Math.ceil(known.length / 10));
    return {
      cells: known.length,
      kendall: kendall(known.map(scoreOf), known.map(other)),
      spearman: spearman(known.map(scoreOf), known.map(other)),
      spearmanOfBestTenth: spearman(best.map(scoreOf), best.map(other)),
    };
  };
}
