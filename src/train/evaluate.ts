/** Loss, accuracy and logits of a data part, from logits computed batch by batch. */
import type { Batch, ImageSet, Normalization } from '../contracts/dataset.js';
import type { Buffer, Executable, KernelBackend } from '../contracts/kernel-backend.js';
import { evaluationBatches } from '../data/batches.js';

export interface Evaluated {
  /** Mean cross-entropy, nats, without label smoothing. */
  readonly loss: number;
  /** Fraction. */
  readonly accuracy: number;
}

/** Computes logits with fixed weights: float32 [batch.size, classes]. */
export type Predict = (batch: Batch) => Promise<Float32Array>;

export function predictor(
  engine: KernelBackend,
  executable: Executable,
  inputShape: readonly number[],
  weights: { readonly parameters: Buffer; readonly statistics: Buffer },
): Predict {
  return async ({ images, size }) => {
    const buffer = engine.upload({ dtype: 'float32', shape: [size, ...inputShape], data: images });
    const { logits } = await executable.run({ images: buffer, ...weights });
    const { data } = await engine.download(logits);
    buffer.release();
    logits.release();
    return data as Float32Array;
  };
}

export async function evaluate(
  set: ImageSet,
  normalization: Normalization,
  batchSize: number,
  predict: Predict,
): Promise<Evaluated> {
  let loss = 0;
  let correct = 0;
  for (const batch of evaluationBatches(set, normalization, batchSize)) {
    const logits = await predict(batch);
    for (let i = 0; i < batch.valid; i++) {
      const row = logits.subarray(i * set.classes, (i + 1) * set.classes);
      loss += crossEntropyOf(row, batch.labels[i]);
      if (indexOfLargest(row) === batch.labels[i]) correct++;
    }
  }
  return { loss: loss / set.count, accuracy: correct / set.count };
}

/** −log softmax(row)[label] */
function crossEntropyOf(row: Float32Array, label: number): number {
  const largest = Math.max(...row);
  let total = 0;
  for (const logit of row) total += Math.exp(logit - largest);
  return Math.log(total) + largest - row[label];
}

/** Position of the largest entry, the first of equals. */
export function indexOfLargest(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i] > row[best]) best = i;
  return best;
}
