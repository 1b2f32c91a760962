/**
 * Number of linear regions (Hanin & Rolnick, "Complexity of Linear Regions in Deep Networks", ICML 2019, section 3: along lines through the input
 * space; as a score of networks Chen et al., ICLR 2021, section 3.2, TE-NAS). A network of ReLUs is linear wherever no unit changes its
 * sign, so a line crosses one more region at each change. The score is the mean number of regions along lines between two images of the scoring
 * batch, seen at equal distances: a lower bound, as a unit may change its sign twice between two points.
 *
 * TE-NAS counts the different codes of many random images instead, for which the network has to be thinned to one channel: at full width each
 * image has a region of its own. Lines need no thinning.
 */
import type { Metric, ScoreProgram } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { add, multiply } from '../kernels/arithmetic.js';

/** Lines, each between two images of its own, and points on each, both ends included. */
const LINES = 4;
const POINTS = 16;

export const linearRegions: Metric = {
  name: 'linear-regions',
  summary: 'number of linear regions on the way from one image to another',
  source: 'Hanin & Rolnick, ICML 2019, section 3; Chen et al., ICLR 2021, section 3.2',
  higherIsBetter: true,
  needsData: true,
  needsLabels: false,
  needsGradients: false,
  sees: 'activations',
  write(program) {
    const { builder: b } = program;
    const lines = Math.min(LINES, Math.floor(program.batch / 2));
    if (lines === 0)
      return { outputs: {}, score: () => ({ failure: 'a line needs two images, and the batch has one' }) };
    const { activations } = program.pass({ images: pointsOnLines(program, lines) });
    const outputs: Record<string, Value> = {};
    const uses: Record<string, number> = {};
    for (const { input } of activations) {
      outputs[`overlap${input}`] ??= b.op('positiveOverlap', [input], {});
      uses[`overlap${input}`] = (uses[`overlap${input}`] ?? 0) + 1;
    }
    return {
      outputs,
      score: (results) => {
        const crossed = Object.entries(results).map(([name, { data }]) => uses[name] * signChanges(data, lines));
        return { value: 1 + crossed.reduce((sum, changes) => sum + changes, 0) / lines };
      },
    };
  },
};

/** [lines · POINTS, ...inputShape], line by line: (1 − t) x + t y of images x and y. */
function pointsOnLines({ builder: b, images, network }: ScoreProgram, lines: number): Value {
  const image = (i: number) => b.op('slice', [images], { start: [i, 0, 0, 0], size: [1, ...network.inputShape] });
  const parts = b.constant(
    Float32Array.from({ length: POINTS }, (_, point) => point / (POINTS - 1)),
    [POINTS, 1, 1, 1],
  );
  const rest = b.op('subtract', [b.scalar(1), parts], {});
  const line = (i: number) => add(b, multiply(b, rest, image(2 * i)), multiply(b, parts, image(2 * i + 1)));
  return b.op(
    'concatenate',
    Array.from({ length: lines }, (_, i) => line(i)),
    { axis: 0 },
  );
}

/** Units whose sign differs between neighbouring points of a line, from the numbers G_ij of units that are positive at both: G_ii + G_jj − 2 G_ij. */
function signChanges(overlap: ArrayLike<number>, lines: number): number {
  const points = lines * POINTS;
  let changes = 0;
  for (let i = 0; i + 1 < points; i++) {
    if (i % POINTS === POINTS - 1) continue;
    const next = i + 1;
    changes += overlap[i * points + i] + overlap[next * points + next] - 2 * overlap[i * points + next];
  }
  return changes;
}
