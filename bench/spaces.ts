/**
 * What a search asks of a space, for any of the catalogue.
 *
 *     npx tsx bench/spaces.ts [--seconds 1] [--networks 100] [--batch 32] [--channels N] [--cells N] [SPACE …]
 *
 * One line of JSON a space, all spaces where none is named: draws, mutations, encodings and canonical forms a second; milliseconds
 * from an architecture to its network and program, in the space's default skeleton; then NASWOT of so many drawn networks on
 * noise, in the skeleton of scores or the given one: scores, failures with their reasons, and the process's memory along the way. Seconds
 * are those of the processor, garbage collection included, so that other work on the machine counts little; of NASWOT those of the clock.
 */

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../src/base/errors.js';
import { random } from '../src/base/random.js';
import { namesOf, resolve } from '../src/catalog.js';
import type { SearchSpace, SkeletonOptions } from '../src/contracts/search-space.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { sizeOf } from '../src/kernels/shapes.js';
import { traceNetwork } from '../src/network/trace.js';
import { rememberedTensors } from '../src/network/weights.js';
import { computeScore } from '../src/score/compute.js';
import { naswot } from '../src/score/naswot.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '1' },
    networks: { type: 'string', default: '100' },
    batch: { type: 'string', default: '32' },
    channels: { type: 'string' },
    cells: { type: 'string' },
  },
});

const NETWORKS_BUILT = 20;
/** The batch that programs are written for. */
const PROGRAM_BATCH = 128;
/** Of weights that are remembered between networks, bytes: little, so that the process's memory is that of the networks. */
const REMEMBERED = 64 * 2 ** 20;

const given: SkeletonOptions = {
  ...(values.channels && { channels: Number(values.channels) }),
  ...(values.cells && { cells: Number(values.cells) }),
};
const engine = await onnxruntimeBackend();

for (const name of positionals.length > 0 ? positionals : namesOf('spaces')) {
  const space = (await resolve('spaces', name))();
  const scored = await scores(space, wholeNumber('--networks', Number(values.networks), 0));
  console.log(
    JSON.stringify({ space: name, loadBefore: loadavg()[0], ...rates(space), ...building(space), naswot: scored }),
  );
}

/** Milliseconds of processor time so far, all threads. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Calls a second. */
function rates(space: SearchSpace) {
  const stream = random('bench');
  const drawn = Array.from({ length: 1000 }, () => space.sample(stream));
  const rate = (act: (i: number) => unknown) => {
    for (let i = 0; i < 1000; i++) act(i);
    const started = processorTime();
    let calls = 0;
    while (processorTime() - started < 1000 * Number(values.seconds)) {
      for (let i = 0; i < 100; i++) act(calls++ % drawn.length);
    }
    return Math.round((1000 * calls) / (processorTime() - started));
  };
  return {
    drawsASecond: rate(() => space.sample(stream)),
    mutationsASecond: rate((i) => space.mutate(drawn[i], stream)),
    encodingsASecond: rate((i) => space.encode(drawn[i])),
    canonicalFormsASecond: rate((i) => space.canonical(drawn[i], 'function')),
  };
}

/** Median and worst, after as many that do not count. */
function building(space: SearchSpace) {
  const times = Array.from({ length: 2 * NETWORKS_BUILT }, (_, i) => {
    const architecture = space.sample(random('build').child(i));
    const started = processorTime();
    const { builder, logits } = traceNetwork(space.network(architecture), { batch: PROGRAM_BATCH, mode: 'score' });
    builder.finish({ logits });
    return processorTime() - started;
  }).slice(NETWORKS_BUILT);
  times.sort((a, b) => a - b);
  const rounded = (time: number) => Number(time.toFixed(1));
  return { programMilliseconds: { median: rounded(times[NETWORKS_BUILT / 2]), worst: rounded(times.at(-1) ?? 0) } };
}

async function scores(space: SearchSpace, count: number) {
  const skeleton = { ...space.scoring, ...given };
  const initialize = rememberedTensors(random('weights'), REMEMBERED);
  const size = Number(values.batch);
  const failures: Record<string, number> = {};
  const megabytes: number[] = [];
  const found: number[] = [];
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    const network = space.network(space.sample(random('score').child(i)), skeleton);
    const noise = random('images');
    const images = Float32Array.from({ length: size * sizeOf(network.inputShape) }, () => noise.normal());
    const batch = { images, labels: new Int32Array(size), size };
    const score = await computeScore(naswot, {
      network,
      batch,
      engine,
      initialize,
      random: random('metric'),
      threads: 1,
    });
    if ('value' in score && Number.isFinite(score.value)) found.push(score.value);
    else {
      const reason = 'failure' in score ? score.failure : String(score.value);
      failures[reason] = (failures[reason] ?? 0) + 1;
    }
    if ((i + 1) % Math.ceil(count / 5) === 0) megabytes.push(Math.round(process.memoryUsage().rss / 2 ** 20));
  }
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  return { scores: found.length, failures, different: new Set(found).size, seconds, megabytes };
}
