/**
 * Rank correlation on held-out NAS-Bench-201 cells against scikit-learn's recorded one, same settings, same 20 splits. The 4 × 1000 MLP,
 * which takes minutes, is compared by `bench/predictor-rank.ts --correlation`.
 */
import { describe, expect, it } from 'vitest';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { rankCorrelation, readCells, reference, SETTINGS, tableMissing } from '../../reference/predictor-ranks.js';

describe.skipIf(tableMissing)('rank correlation (skipped where shared/data is absent)', () => {
  const names = Object.keys(SETTINGS).filter((name) => name !== 'mlp-1000');
  it.each(names)('of %s is that of scikit-learn, to .02', async (name) => {
    const cells = readCells();
    const { splits, ...correlations } = reference[name];
    for (const [labels, correlation] of Object.entries(correlations)) {
      const ours = await rankCorrelation(SETTINGS[name], Number(labels), splits, cells, onnxruntimeBackend);
      expect(Math.abs(ours - correlation), `${labels} labels: ${ours}, scikit-learn ${correlation}`).toBeLessThan(0.02);
    }
  });
});
