/**
 * How the conditions of a published comparison move a score's correlation with accuracy. The tables of AZ-NAS and VKDNW were made with weights drawn by
 * Kaiming's rule (normal, by fan-in) for every score, and with standard normal noise in place of images for NASWOT among others; their authors'
 * code says so (`kaiming_norm_fanin`; NASWOT is not among `real_input_metrics`). Ours are PyTorch's own weights and real images, as the scores' own papers have it.
 *   npx tsx bench/score-conditions.ts [--count 600] [--batch 64] [--conditions own,kaiming,kaiming-noise] [--scores FILE] [--data FILE] [--tables FOLDER]
 * Live cells of NAS-Bench-201, drawn at random. What is computed is appended to the file, and not computed again.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import { kendall, spearman } from '../src/base/rank-statistics.js';
import { resolve } from '../src/catalog.js';
import type { Batch } from '../src/contracts/dataset.js';
import type { ScoreContext, ScoreResult } from '../src/contracts/metric.js';
import { isLive } from '../src/correlate/population.js';
import { kaimingNormalFanIn } from '../src/network/initialize.js';
import { computeScores } from '../src/score/compute.js';
import { jobResources } from '../src/workers/resources.js';
import { readTable } from './tables.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '600' },
    batch: { type: 'string', default: '64' },
    metrics: { type: 'string', default: 'naswot,jacobian-covariance,synflow' },
    conditions: { type: 'string', default: 'own,kaiming,kaiming-noise' },
    scores: { type: 'string', default: 'conditions.ndjson' },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
    tables: { type: 'string', default: '../shared/data' },
  },
});

interface Scored {
  readonly arch: string;
  readonly condition: string;
  readonly batch: number;
  readonly data: string;
  readonly metrics: string;
  readonly scores: Readonly<Record<string, ScoreResult>>;
}

const space = nasBench201();
const table = readTable(values.tables, 'nas-bench-201.csv.gz').filter(({ arch }) => isLive(space, space.parse(arch)));
const cells = random(0).shuffle(table).slice(0, Number(values.count));
const conditions = values.conditions.split(',');
const batch = Number(values.batch);
const resources = jobResources();
await scoreMissing();
for (const condition of conditions) for (const metric of values.metrics.split(',')) report(condition, metric);

async function scoreMissing(): Promise<void> {
  const keyOf = (scored: Omit<Scored, 'scores'>) =>
    [scored.arch, scored.condition, scored.batch, scored.data, scored.metrics].join(' ');
  const done = new Set(kept().map(keyOf));
  const metrics = await Promise.all(values.metrics.split(',').map((name) => resolve('metrics', name)));
  for (const { arch } of cells) {
    for (const condition of conditions) {
      const entry = { arch, condition, batch, data: values.data, metrics: values.metrics };
      if (done.has(keyOf(entry))) continue;
      const scores = await computeScores(metrics, await contextOf(arch, condition));
      appendFileSync(values.scores, `${JSON.stringify({ ...entry, scores })}\n`);
    }
  }
}

async function contextOf(architecture: string, condition: string): Promise<ScoreContext> {
  const reference = { space: 'nas-bench-201', spaceOptions: {}, skeleton: {}, architecture };
  const { network } = await resources.network(reference);
  const images = await resources.scoringBatch({ data: `cifar10:${values.data}`, seed: 0 }, batch);
  const own = await resources.initialTensors(0);
  const weights = random(0).child('kaiming');
  return {
    network,
    batch: condition.endsWith('noise') ? noiseLike(images) : images,
    engine: await resources.engine('onnxruntime'),
    random: random(0).child('metric'),
    initialize: condition.startsWith('kaiming')
      ? (spec, draw) =>
          spec.shape.length > 1
            ? kaimingNormalFanIn(spec.shape, weights.child(spec.name))
            : own(spec, draw).map((value) => (spec.name.endsWith('bias') ? 0 : value))
      : own,
    threads: 1,
  };
}

function noiseLike(images: Batch): Batch {
  const stream = random(0).child('noise');
  return { ...images, images: images.images.map(() => stream.normal()) };
}

function report(condition: string, metric: string): void {
  const accuracy = new Map(cells.map(({ arch, ...columns }) => [arch, columns]));
  const scored = kept().filter(
    (entry) => entry.condition === condition && isOfThisCall(entry) && accuracy.has(entry.arch),
  );
  const scores = scored.map(({ scores }) =>
    'value' in scores[metric] ? scores[metric].value : Number.NEGATIVE_INFINITY,
  );
  const correlations = ['c10', 'c100'].map((data) => {
    const test = scored.map(({ arch }) => Number(accuracy.get(arch)![`${data}_test_200`]));
    return [data, { kendall: kendall(scores, test), spearman: spearman(scores, test) }] as const;
  });
  console.log(JSON.stringify({ condition, metric, batch, cells: scored.length, ...Object.fromEntries(correlations) }));
}

function isOfThisCall(entry: Scored): boolean {
  return entry.batch === batch && entry.data === values.data && entry.metrics === values.metrics;
}

function kept(): Scored[] {
  if (!existsSync(values.scores)) return [];
  const lines = readFileSync(values.scores, 'utf8').trim().split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Scored);
}
