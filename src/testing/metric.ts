/** What every training-free metric keeps, as tests for any runner. */

import { random } from '../base/random.js';
import type { Batch } from '../contracts/dataset.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { Metric, ScoreContext, ScoreResult } from '../contracts/metric.js';
import type { Network } from '../contracts/network.js';
import { rememberedTensors } from '../network/weights.js';
import { computeScore } from '../score/compute.js';
import type { TestRunner } from './runner.js';

export interface MetricSubject {
  /** At least two different small networks of equal input shape; made several times. */
  readonly networks: () => readonly Network[];
  readonly engine: () => Promise<KernelBackend>;
}

/** Images in the suite's batch. */
const IMAGES = 12;

/** Registers the suite for a metric. */
export function metricConformance({ describe, it, expect }: TestRunner, metric: Metric, subject: MetricSubject): void {
  const scoreAll = async (seed: number, change: Partial<ScoreContext> = {}): Promise<ScoreResult[]> => {
    const results: ScoreResult[] = [];
    for (const network of subject.networks()) {
      results.push(await computeScore(metric, { ...contextOf(network, await subject.engine(), seed), ...change }));
    }
    return results;
  };

  describe(`metric ${metric.name}`, () => {
    it('says what it is and where it comes from', () => {
      for (const text of [metric.name, metric.summary, metric.source]) expect(text.length).toBeGreaterThan(0);
      expect(metric.needsLabels && !metric.needsData).toBe(false);
    });
    it('gives finite values, or failures with a reason', async () => {
      for (const result of await scoreAll(1)) {
        if ('value' in result) expect(Number.isFinite(result.value)).toBe(true);
        else expect(result.failure.length).toBeGreaterThan(0);
      }
    });
    it('gives equal values for equal seeds', async () => {
      expect(await scoreAll(2)).toEqual(await scoreAll(2));
    });
    it('tells the networks apart', async () => {
      const values = (await scoreAll(3)).map((result) => ('value' in result ? result.value : Number.NaN));
      expect(new Set(values).size).toBe(values.length);
    });
    it('does not change the batch or the initial weights', async () => {
      const [network] = subject.networks();
      const batch = batchOf(network, 4);
      const images = batch.images.slice();
      const initialize = rememberedTensors(random(4));
      const engine = await subject.engine();
      const first = await computeScore(metric, { ...contextOf(network, engine, 4), batch, initialize });
      expect(batch.images).toEqual(images);
      expect(await computeScore(metric, { ...contextOf(network, engine, 4), batch, initialize })).toEqual(first);
    });
    if (!metric.needsLabels) {
      it('does not look at labels', async () => {
        const labels = new Int32Array(IMAGES).fill(1);
        const [network] = subject.networks();
        const relabelled = await scoreAll(5, { batch: { ...batchOf(network, 5), labels } });
        expect(relabelled).toEqual(await scoreAll(5));
      });
    }
  });
}

function contextOf(network: Network, engine: KernelBackend, seed: number): ScoreContext {
  const stream = random(seed);
  return {
    network,
    engine,
    batch: batchOf(network, seed),
    random: stream.child('metric'),
    initialize: rememberedTensors(stream.child('weights')),
    threads: 1,
  };
}

function batchOf({ inputShape, classes }: Network, seed: number): Batch {
  const stream = random(seed).child('batch');
  const pixels = IMAGES * inputShape.reduce((product, length) => product * length);
  return {
    images: Float32Array.from({ length: pixels }, () => stream.normal()),
    labels: Int32Array.from({ length: IMAGES }, (_, i) => i % classes),
    size: IMAGES,
  };
}
