/**
 * WeakNAS on NAS-Bench-201 by which training of a cell is its label: the published code looks up one of three at random, once for each run.
 *
 *     npx tsx bench/weaknas-trials.ts --dataset cifar10 --trial mean,random,777,888,999 --predictor random-forest --seeds 100
 *
 * Reads `nas-bench-201.csv.gz` (arch, mean test accuracies) and `nas-bench-201-seeds.csv.gz` (validation accuracies of single trainings) of
 * --data and joins them by the official index; the mean is that of the trainings in the second. Its CIFAR-100 accuracies are means over
 * validation and test images together, not the published validation labels: they are over twice as many images, so a little less noisy.
 * Resumable: runs are kept in --ledger. The joined table is kept where --table FILE names a place for it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { StudyTrial } from '../src/contracts/study.js';
import { study } from '../src/study/study.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(import.meta.dirname, '../../shared/data') },
    dataset: { type: 'string', default: 'cifar10' },
    trial: { type: 'string', default: 'random' },
    predictor: { type: 'string', default: 'mlp' },
    seeds: { type: 'string', default: '20' },
    samples: { type: 'string', default: '1000' },
    workers: { type: 'string', default: '1' },
    table: { type: 'string' },
    ledger: { type: 'string', default: '.nascent/weaknas-trials.sqlite' },
  },
});

const SEEDS = [777, 888, 999];
/** By data set: its name in neutral CSV, and in the file of single trainings. */
const COLUMNS: Readonly<Record<string, readonly [string, string]>> = {
  cifar10: ['c10', 'c10_val'],
  cifar100: ['c100', 'c100_valtest'],
};

function rowsOf(name: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(join(values.data, name))).toString();
  const [heading, ...lines] = text.trimEnd().split('\n');
  const names = heading.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((field, i) => [names[i], field])));
}

function joined(dataset: string): string {
  const [short, single] = COLUMNS[dataset];
  const cells = new Map(rowsOf('nas-bench-201.csv.gz').map((row) => [row.index, row]));
  const lines = rowsOf('nas-bench-201-seeds.csv.gz').map((row) => {
    const cell = cells.get(row.index)!;
    const trials = SEEDS.map((seed) => row[`${single}_s${seed}`]);
    const known = trials.filter((field) => field !== '').map(Number);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return [cell.arch, mean, ...trials, cell[`${short}_test_200`]].join();
  });
  const heading = [
    'arch',
    `${short}_val_200`,
    ...SEEDS.map((seed) => `${short}_val_200_s${seed}`),
    `${short}_test_200`,
  ];
  return [heading.join(), ...lines].join('\n');
}

const { dataset, predictor, samples, ledger } = values;
const folder = mkdtempSync(join(tmpdir(), 'nascent-bench-'));
const table = values.table ?? join(folder, 'trials.csv');
writeFileSync(table, `${joined(dataset)}\n`);
try {
  for (const word of values.trial.split(',')) {
    const trial = (/^\d+$/.test(word) ? Number(word) : word) as StudyTrial;
    const result = await study(
      {
        ...{ space: 'nas-bench-201', table, dataset, trial, ledger },
        strategies: [{ name: `weaknas ${predictor}`, sampler: 'weaknas', options: { predictor } }],
        seeds: Number(values.seeds),
        samples: Number(samples),
        workers: Number(values.workers),
      },
      ({ seed, samplesToOptimum, reused }) => {
        if (!reused) console.error(`${dataset} ${word}, seed ${seed}: ${samplesToOptimum ?? 'not found'}`);
      },
    );
    const [{ seeds, successRate, meanSamples, meanSamplesInterval, medianSamples, seconds }] = result.strategies;
    const interval = meanSamplesInterval.map((each) => Math.round(each));
    console.log(
      JSON.stringify({
        ...{ dataset, predictor, trial, seeds, samples: Number(samples), successRate },
        ...{ meanSamples: Number(meanSamples.toFixed(1)), interval, medianSamples, secondsARun: Math.round(seconds) },
        optimum: result.optimum?.validation,
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
