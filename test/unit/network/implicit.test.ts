/** Implicit layers: that the fixed point is one, that its gradients tend to the exact ones, and what is refused. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Layer } from '../../../src/contracts/network.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import {
  contraction,
  type FixedPointOptions,
  fixedPoint,
  type PhantomGradient,
} from '../../../src/network/implicit.js';
import { batchNormalization, convolution, relu } from '../../../src/network/layers.js';
import { traceLayer } from '../../../src/network/trace.js';
import { normalTensor, runOnce, worstError } from '../../../src/testing/kernel-backend-programs.js';
import { cellOf, SIZE, smallWeight, tanhCell } from '../../conformance/gradient-rules/implicit.js';

const IMAGES = 5;

interface Given {
  readonly x: Float32Array;
  readonly weight: Float32Array;
  readonly dy: Float32Array;
}

const given = (name: string): Given => ({
  x: normalTensor(`${name}/x`, IMAGES, SIZE, 1, 1).data as Float32Array,
  weight: smallWeight.draw(random(`${name}/weight`)) as Float32Array,
  dy: normalTensor(`${name}/dy`, IMAGES, SIZE, 1, 1).data as Float32Array,
});

/** h, and the gradients of x and W, of F(h) = tanh(W h + x). */
async function run(options: Omit<FixedPointOptions, 'cell'>, { x, weight, dy }: Given, images = IMAGES) {
  const b = programBuilder();
  const shape = [images, SIZE, 1, 1];
  const input = b.input('x', shape);
  const { output, parameters } = traceLayer(fixedPoint({ cell: tanhCell, ...options }), input, {
    builder: b,
    mode: 'train',
  });
  const [dx, dw] = differentiate(b, output, [input, parameters[0].value], b.input('dy', shape));
  const tensor = (data: Float32Array, of = shape) => ({ dtype: 'float32', shape: of, data }) as const;
  const inputs = { x: tensor(x), dy: tensor(dy), 'product.weight': tensor(weight, [SIZE, SIZE, 1, 1]) };
  const got = await runOnce(referenceBackend(), { program: b.finish({ h: output, dx, dw }), inputs });
  return { h: got.h.data, dx: got.dx.data, dw: got.dw.data };
}

/** The exact gradient: u with (I − Jᵀ) u = dy by elimination, then back through F at h. */
function exact({ x, weight, dy }: Given) {
  const dx: number[] = [];
  const dw = new Float64Array(SIZE * SIZE);
  for (let n = 0; n < IMAGES; n++) {
    const part = (data: Float32Array) => Float64Array.from(data.subarray(n * SIZE, (n + 1) * SIZE));
    const { next, back } = cellOf(weight, part(x));
    let h: Float64Array = new Float64Array(SIZE);
    for (let i = 0; i < 500; i++) h = next(h);
    const unit = (i: number) => Float64Array.from({ length: SIZE }, (_, j) => Number(i === j));
    const columns = Array.from({ length: SIZE }, (_, i) => back(h, unit(i)).dh);
    const rows = Array.from({ length: SIZE }, (_, i) => [
      ...columns.map((column, j) => Number(i === j) - column[i]),
      part(dy)[i],
    ]);
    const step = back(h, eliminated(rows)).dx;
    dx.push(...step);
    step.forEach((value, i) => {
      h.forEach((at, j) => {
        dw[i * SIZE + j] += value * at;
      });
    });
  }
  return { dx, dw };
}

/** Solves [A | b] by Gaussian elimination. */
function eliminated(rows: number[][]): Float64Array {
  rows.forEach((pivot, i) => {
    rows.forEach((row, k) => {
      if (k === i) return;
      const factor = row[i] / pivot[i];
      row.forEach((_, j) => {
        row[j] -= factor * pivot[j];
      });
    });
  });
  return Float64Array.from(rows, (row, i) => row[rows.length] / row[i]);
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (p: ArrayLike<number>, q: ArrayLike<number>) =>
    Array.from(p).reduce((sum, value, i) => sum + value * q[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('a fixed point', () => {
  it('is one, within the tolerance', async () => {
    const { x, weight, dy } = given('point');
    for (const tolerance of [1e-1, 1e-3]) {
      const { h } = await run({ tolerance, backward: { kind: 'neumann' } }, { x, weight, dy });
      for (let n = 0; n < IMAGES; n++) {
        const part = (data: ArrayLike<number>) => Float64Array.from({ length: SIZE }, (_, i) => data[n * SIZE + i]);
        const f = cellOf(weight, part(x)).next(part(h));
        const change = Math.hypot(...f.map((value, i) => value - h[n * SIZE + i]));
        expect(change / Math.hypot(...f)).toBeLessThanOrEqual(tolerance);
        // Images stop as soon as they may: the looser one is no better than it has to be.
        if (tolerance === 1e-1) expect(change / Math.hypot(...f)).toBeGreaterThan(1e-5);
      }
    }
  });

  it('of an image is the same whatever the others are', async () => {
    const all = given('alone');
    const options = { tolerance: 1e-2 };
    const { h } = await run(options, all);
    for (let n = 0; n < IMAGES; n++) {
      const part = (data: Float32Array) => data.slice(n * SIZE, (n + 1) * SIZE);
      const alone = await run(options, { ...all, x: part(all.x), dy: part(all.dy) }, 1);
      expect([...alone.h]).toEqual([...h.slice(n * SIZE, (n + 1) * SIZE)]);
    }
  });
});

describe('phantom gradients', () => {
  const exactly = { tolerance: 0, iterations: 60 };

  it.each<PhantomGradient>([
    { kind: 'neumann', steps: 80, damping: 1 },
    { kind: 'unrolling', steps: 80, damping: 1 },
    { kind: 'neumann', steps: 120, damping: 0.5 },
  ])('tend to implicit differentiation: %o', async (backward) => {
    const numbers = given('limit');
    const { dx, dw } = await run({ ...exactly, backward }, numbers);
    const wanted = exact(numbers);
    expect(worstError(wanted.dx, dx)).toBeLessThan(1e-4);
    expect(worstError(wanted.dw, dw)).toBeLessThan(1e-4);
  });

  it.each(['neumann', 'unrolling'] as const)('of five steps point the way: %s', async (kind) => {
    for (let draw = 0; draw < 10; draw++) {
      const numbers = given(`draw ${draw}`);
      const { dx, dw } = await run({ ...exactly, backward: { kind } }, numbers);
      const wanted = exact(numbers);
      expect(cosine(wanted.dx, dx)).toBeGreaterThan(0.5);
      expect(cosine(wanted.dw, dw)).toBeGreaterThan(0.5);
    }
  });

  it('of a single step are those of that step, taken at h = 0', async () => {
    const numbers = given('single');
    const { h, dx, dw } = await run({ iterations: 1, backward: { kind: 'neumann', damping: 1 } }, numbers);
    expect(
      worstError(
        [...h].map((value, i) => (1 - value ** 2) * numbers.dy[i]),
        dx,
      ),
    ).toBeLessThan(1e-6);
    expect([...dw].every((value) => value === 0)).toBe(true);
  });

  it('are finite where the powers of the damping are below the smallest number', async () => {
    const { dx, dw } = await run(
      { iterations: 4, backward: { kind: 'neumann', steps: 120, damping: 1e-3 } },
      given('few'),
    );
    expect([...dx, ...dw].every(Number.isFinite)).toBe(true);
    expect(Math.max(...dx)).toBeGreaterThan(0);
  });

  it('are the same, unrolled or as a series, at an exact fixed point', async () => {
    const numbers = given('same');
    const [unrolled, series] = await Promise.all(
      (['unrolling', 'neumann'] as const).map((kind) => run({ ...exactly, backward: { kind } }, numbers)),
    );
    expect(worstError(unrolled.dx, series.dx)).toBeLessThan(1e-5);
    expect(worstError(unrolled.dw, series.dw)).toBeLessThan(1e-5);
  });
});

describe('a cell', () => {
  it('has its parameters and statistics once', () => {
    const cell = (): Layer => (scope, h) =>
      scope.child('norm', batchNormalization(), scope.child('conv', contraction(), h));
    const b = programBuilder();
    const x = b.input('x', [2, 3, 4, 4]);
    const traced = traceLayer(fixedPoint({ cell }), x, { builder: b, mode: 'train' });
    expect(traced.parameters.map(({ name }) => name)).toEqual(['conv.weight', 'norm.weight', 'norm.bias']);
    expect([...traced.updates.keys()]).toEqual(['norm.running_mean', 'norm.running_var']);
  });

  it('that is a contraction moves nothing apart', async () => {
    const b = programBuilder();
    const shape = [1, 3, 6, 6];
    const [p, q] = ['p', 'q'].map((name) => b.input(name, shape));
    const weight = b.input('weight', [3, 3, 3, 3]);
    const layer = contraction({ norm: 0.8 });
    const outputs = [p, q].map((value) => {
      return traceLayer(layer, value, { builder: b, mode: 'train', tensor: () => weight }).output;
    });
    const inputs = {
      p: normalTensor('p', ...shape),
      q: normalTensor('q', ...shape),
      weight: normalTensor('w', 3, 3, 3, 3),
    };
    const got = await runOnce(referenceBackend(), { program: b.finish({ p: outputs[0], q: outputs[1] }), inputs });
    const distance = (one: ArrayLike<number>, other: ArrayLike<number>) =>
      Math.max(...Array.from(one, (value, i) => Math.abs(value - other[i])));
    expect(distance(got.p.data, got.q.data)).toBeLessThan(0.8 * distance(inputs.p.data, inputs.q.data));
  });

  it('is refused out of range', () => {
    const cell = () => relu;
    expect(() => fixedPoint({ cell, iterations: 0 })).toThrow(
      'Expected `iterations` to be a whole number from 1 to 1000, got 0.',
    );
    expect(() => fixedPoint({ cell, damping: 0 })).toThrow(
      'Expected `damping` to be a number above 0 and at most 1, got 0.',
    );
    expect(() => fixedPoint({ cell, tolerance: Number.NaN })).toThrow(
      'Expected `tolerance` to be a number of at least 0, got NaN.',
    );
    expect(() => fixedPoint({ cell, backward: { kind: 'neumann', steps: 0.5 } })).toThrow('`backward.steps`');
    expect(() => contraction({ kernel: 2 })).toThrow('Expected `kernel` to be an odd number, got 2.');
    const auxiliary: Layer = (scope, h) => {
      scope.auxiliary('head', convolution({ out: 2, kernel: 1 }), h);
      return h;
    };
    const b = programBuilder();
    const x = b.input('x', [2, 3, 4, 4]);
    expect(() => traceLayer(fixedPoint({ cell: () => auxiliary }), x, { builder: b, mode: 'train' })).toThrow(
      'Expected no auxiliary classifier in a layer that is repeated, got head.',
    );
  });
});
