/** Tracking: quantities of the network after each epoch, on the first training images, without augmentation and with running statistics. */
import type { DataSplits } from '../contracts/dataset.js';
import type { Buffer, KernelBackend } from '../contracts/kernel-backend.js';
import type { Network } from '../contracts/network.js';
import type { Program } from '../contracts/program.js';
import type { Quantity } from '../contracts/quantity.js';
import { normalizedBatch } from '../data/batches.js';
import { programBuilder } from '../kernels/program.js';
import { crossEntropies } from '../network/loss.js';
import { flatInputs, type TrainingLayout, traceFlat } from './programs.js';

/** Images of the batch; all training images where there are fewer. */
const TRACKED_IMAGES = 32;

export interface Tracker {
  /** The quantities by name; those that are not finite are left out. */
  measure(weights: { readonly parameters: Buffer; readonly statistics: Buffer }): Promise<Record<string, number>>;
  release(): Promise<void>;
}

export interface TrackOptions {
  readonly network: Network;
  readonly layout: TrainingLayout;
  readonly data: DataSplits;
  readonly engine: KernelBackend;
  readonly threads: number;
}

/** Compiles the quantities into one program, which shares what they have in common. */
export async function openTracker(
  quantities: readonly Quantity[],
  { network, layout, data, engine, threads }: TrackOptions,
): Promise<Tracker> {
  const count = Math.min(TRACKED_IMAGES, data.train.count);
  const batch = normalizedBatch(
    data.train,
    data.normalization,
    Array.from({ length: count }, (_, i) => i),
  );
  const executable = await engine.compile(quantityProgram(quantities, network, layout, count), { threads });
  const images = engine.upload({ dtype: 'float32', shape: [count, ...network.inputShape], data: batch.images });
  const labels = engine.upload({ dtype: 'int32', shape: [count], data: batch.labels });
  return {
    async measure({ parameters, statistics }) {
      const results = await executable.run({ images, labels, parameters, statistics });
      const entries: [string, number][] = [];
      for (const [name, buffer] of Object.entries(results)) {
        const value = (await engine.download(buffer)).data[0];
        if (Number.isFinite(value)) entries.push([name, value]);
        buffer.release();
      }
      return Object.fromEntries(entries);
    },
    async release() {
      images.release();
      labels.release();
      await executable.release();
    },
  };
}

/** Inputs: images [count, C, H, W], labels int32 [count], parameters [P], statistics [S]. Outputs: a scalar for each quantity, by its name. */
export function quantityProgram(
  quantities: readonly Quantity[],
  network: Network,
  layout: TrainingLayout,
  count: number,
): Program {
  const builder = programBuilder();
  const traced = traceFlat(network, builder, flatInputs(builder, layout), layout, { batch: count, mode: 'evaluate' });
  const labels = builder.input('labels', [count], 'int32');
  const context = {
    builder,
    samples: [traced.images, labels],
    logits: traced.logits,
    losses: crossEntropies(builder, traced.logits, labels),
    parameters: traced.parameters.map(({ value }) => value),
  };
  return builder.finish(Object.fromEntries(quantities.map((quantity) => [quantity.name, quantity.write(context)])));
}
