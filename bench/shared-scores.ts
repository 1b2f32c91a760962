/**
 * What several scores cost together, in one program, against the sum of each alone: processor seconds of one NAS-Bench-201 cell.
 *   npx tsx bench/shared-scores.ts [--metrics a,b] [--batch 64] [--arch STRING] [--data FILE]
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { namesOf } from '../src/catalog.js';
import type { ScoreJob } from '../src/contracts/job.js';
import { runScoreJob } from '../src/workers/jobs.js';
import { jobResources } from '../src/workers/resources.js';

const { values } = parseArgs({
  options: {
    metrics: { type: 'string' },
    batch: { type: 'string', default: '64' },
    arch: {
      type: 'string',
      default: '|nor_conv_1x1~0|+|skip_connect~0|avg_pool_3x3~1|+|nor_conv_3x3~0|nor_conv_1x1~1|nor_conv_3x3~2|',
    },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
  },
});

const metrics = values.metrics?.split(',') ?? namesOf('metrics');
const resources = jobResources();
// Data, engine and weights are made once for all candidates of a run.
await runScoreJob(jobOf(metrics), resources);
const alone: Record<string, number> = {};
for (const metric of metrics) alone[metric] = await processorSeconds([metric]);
const together = await processorSeconds(metrics);
const sum = Object.values(alone).reduce((total, seconds) => total + seconds, 0);
console.log(JSON.stringify({ alone, sum, together, share: together / sum, load: loadavg()[0] }));

function jobOf(names: readonly string[]): ScoreJob {
  return {
    kind: 'score',
    network: { space: 'nas-bench-201', spaceOptions: {}, skeleton: {}, architecture: values.arch },
    data: { data: `cifar10:${values.data}`, seed: 0 },
    metrics: names,
    batch: Number(values.batch),
    seed: 0,
    engine: 'onnxruntime',
    threads: 1,
  };
}

async function processorSeconds(names: readonly string[]): Promise<number> {
  const before = process.cpuUsage();
  await runScoreJob(jobOf(names), resources);
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1e4) / 100;
}
