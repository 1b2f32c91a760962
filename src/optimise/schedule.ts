/** Learning-rate schedules over a training's whole length. */
import type { TrainingRecipe } from '../contracts/training.js';

/**
 * The learning rate at a point of the training.
 * Linear warm-up over the first `warmupEpochs`, then constant or a half cosine down to 0 (Loshchilov & Hutter, ICLR 2017, eq. 5, no restarts).
 * @param epoch epochs done, with fraction: 0 at the first step
 */
export function learningRateAt(
  recipe: Pick<TrainingRecipe, 'learningRate' | 'schedule' | 'warmupEpochs' | 'epochs'>,
  epoch: number,
): number {
  const { learningRate, schedule, warmupEpochs, epochs } = recipe;
  if (epoch < warmupEpochs) return (learningRate * epoch) / warmupEpochs;
  if (schedule === 'constant') return learningRate;
  const progress = (epoch - warmupEpochs) / Math.max(1e-9, epochs - warmupEpochs);
  return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
}
