/** Scores against the published values of single cells (NAS-Bench-Suite-Zero), where their table is at hand. All 725 cells: bench/score-fidelity.ts. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { readPublishedScores } from '../../../bench/tables.js';
import { random } from '../../../src/base/random.js';
import { spearman } from '../../../src/base/rank-statistics.js';
import { localPool } from '../../../src/workers/local-pool.js';

const FOLDER = '../shared/data';
const IMAGES = `${FOLDER}/cifar10-train4000.bin.gz`;
const isHere = existsSync(`${FOLDER}/zero-cost-suite-nas-bench-201.csv.gz`) && existsSync(IMAGES);

/**
 * Column of the table, and the rank correlation that must be reached. Published repeats of the Jacobian score agree at .93 among themselves, and
 * 20 cells tell such a correlation to ±.06: three times that is allowed.
 */
const EXPECTED = {
  naswot: ['nwot', 0.95],
  synflow: ['synflow', 0.95],
  snip: ['snip', 0.95],
  'gradient-norm': ['grad_norm', 0.95],
  parameters: ['params', 0.95],
  'multiply-adds': ['flops', 0.95],
  'jacobian-covariance': ['jacov', 0.75],
} as const;

const CELLS = 20;

it.skipIf(!isHere)(
  `ranks ${CELLS} cells as published${isHere ? '' : ' (no table of published scores at hand)'}`,
  async () => {
    const published = readPublishedScores(FOLDER);
    const cells = random('published').sample([...published.keys()], CELLS);
    const pool = localPool({ size: Math.min(2, availableParallelism()) });
    const results = await Promise.all(
      cells.map((architecture) =>
        pool.run<'score'>({
          kind: 'score',
          network: { space: 'nas-bench-201', spaceOptions: {}, skeleton: {}, architecture },
          data: { data: `cifar10:${IMAGES}`, seed: 0 },
          metrics: Object.keys(EXPECTED),
          batch: 32,
          seed: 0,
          engine: 'onnxruntime',
          threads: 1,
        }),
      ),
    );
    await pool.close();
    for (const [metric, [column, least]] of Object.entries(EXPECTED)) {
      const ours = results.map(({ scores }) => {
        const score = scores[metric];
        return 'failure' in score ? Number.NEGATIVE_INFINITY : score.value;
      });
      const theirs = cells.map((cell) => Number(published.get(cell)![column]));
      expect(spearman(ours, theirs), metric).toBeGreaterThanOrEqual(least);
    }
  },
  300_000,
);
