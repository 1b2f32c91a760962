import { describe, expect, it } from 'vitest';
import { epeNas } from '../../../src/score/epe-nas.js';
import { inputJacobian } from '../../../src/score/input-jacobian.js';
import { scoreProgram } from '../../../src/score/program.js';
import { contextOf, failureOf, networkOf, numbersOf, scoreOf } from './small-scores.js';

const CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|';
const IMAGES = 9;

async function contextWith(classes: number, labels: readonly number[]) {
  const context = contextOf(await networkOf('nas-bench-201', CELL, classes), IMAGES);
  return { ...context, batch: { ...context.batch, labels: Int32Array.from(labels) } };
}

/** The gradient of the sum of the logits by each image, as rows. */
async function jacobianOf(context: Parameters<typeof scoreProgram>[0]): Promise<number[][]> {
  const program = scoreProgram(context);
  const { jacobian } = await numbersOf(program, { jacobian: inputJacobian(program) });
  const pixels = jacobian.length / IMAGES;
  return Array.from({ length: IMAGES }, (_, n) => [...jacobian.slice(n * pixels, (n + 1) * pixels)]);
}

/** Pearson's, by its definition. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = mean(x.map((_, i) => (x[i] - mx) * (y[i] - my)));
  return covariance / Math.sqrt(mean(x.map((v) => (v - mx) ** 2)) * mean(y.map((v) => (v - my) ** 2)));
}

/** Σ log(|corr| + 10⁻⁵) over all ordered pairs of one class. */
const sumOf = (rows: readonly number[][]) =>
  rows
    .flatMap((x) => rows.map((y) => Math.log(Math.abs(correlation(x, y)) + 1e-5)))
    .reduce((total, term) => total + term, 0);

describe('EPE-NAS', () => {
  it('sums what each class is, for up to 100 classes', async () => {
    const labels = [0, 1, 0, 1, 1, 0, 2, 0, 1];
    const context = await contextWith(10, labels);
    const jacobian = await jacobianOf(context);
    const rowsOf = (label: number) => jacobian.filter((_, n) => labels[n] === label);
    const expected = [0, 1, 2].reduce((total, label) => total + Math.abs(sumOf(rowsOf(label))), 0);
    expect(await scoreOf(epeNas, context)).toBeCloseTo(expected, 6);
  });

  it('compares classes pair by pair above that, each divided by its images', async () => {
    const labels = [3, 100, 3, 100, 100, 7, 3, 7, 100];
    const context = await contextWith(101, labels);
    const jacobian = await jacobianOf(context);
    const [a, b, c] = [3, 100, 7].map((label) => {
      const rows = jacobian.filter((_, n) => labels[n] === label);
      return sumOf(rows) / rows.length;
    });
    const expected = (2 * (Math.abs(a - b) + Math.abs(a - c) + Math.abs(b - c))) / 3;
    expect(await scoreOf(epeNas, context)).toBeCloseTo(expected, 6);
  });

  it('depends on which images share a class', async () => {
    const [one, other] = await Promise.all([
      contextWith(10, [0, 0, 0, 1, 1, 1, 2, 2, 2]),
      contextWith(10, [0, 1, 2, 0, 1, 2, 0, 1, 2]),
    ]);
    expect(await scoreOf(epeNas, one)).not.toBe(await scoreOf(epeNas, other));
  });

  it('fails where the output does not depend on the images', async () => {
    const none = contextOf(await networkOf('nas-bench-201', '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'));
    expect(await failureOf(epeNas, none)).toMatch(/^the gradient of an image is constant/);
  });
});
