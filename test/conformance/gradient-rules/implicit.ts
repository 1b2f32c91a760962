/** The fixed point of h = tanh(W h + x) and its phantom gradients, one number after the other. */
import type { Layer } from '../../../src/contracts/network.js';
import { fixedPoint, type PhantomGradient } from '../../../src/network/implicit.js';
import { convolution } from '../../../src/network/layers.js';
import type { GradientFormula, GradientRuleSubject } from '../../../src/testing/index.js';
import { normal } from '../../../src/testing/index.js';

export const SIZE = 4;
const IMAGES = 3;

/** F(h, x) = tanh(W h + x) on [N, SIZE, 1, 1]. */
export const tanhCell =
  (x: number): Layer =>
  (scope, h) => {
    const b = scope.builder;
    const product = scope.child('product', convolution({ out: SIZE, kernel: 1 }), h);
    return b.op('tanh', [b.op('add', [product, x], {})], {});
  };

/** W as the layer's parameter, drawn so small that F is a contraction. */
export const smallWeight = {
  ...normal(SIZE, SIZE, 1, 1),
  draw: (stream: Parameters<ReturnType<typeof normal>['draw']>[0]) =>
    normal(SIZE, SIZE, 1, 1)
      .draw(stream)
      .map((w) => w * 0.25),
};

type Vector = Float64Array;

const vector = (of: (i: number) => number): Vector => Float64Array.from({ length: SIZE }, (_, i) => of(i));
const dot = (of: (i: number) => number) => vector(of).reduce((sum, term) => sum + term, 0);

/** One image's cell: F, and the transposed Jacobian times a vector. */
export function cellOf(weight: ArrayLike<number>, x: ArrayLike<number>) {
  return {
    next: (h: Vector) => vector((i) => Math.tanh(dot((j) => weight[i * SIZE + j] * h[j]) + x[i])),
    /** ∂F/∂hᵀ u and ∂F/∂xᵀ u, where F(h) is f. */
    back: (f: Vector, u: Vector) => {
      const dx = vector((i) => (1 - f[i] ** 2) * u[i]);
      return { dh: vector((j) => dot((i) => weight[i * SIZE + j] * dx[i])), dx };
    },
  };
}

/** Stops where ‖F(h) − h‖ ≤ tolerance · ‖F(h)‖. */
function solve(next: (h: Vector) => Vector, tolerance: number): Vector {
  let h = vector(() => 0);
  for (let i = 0; i < 20; i++) {
    const f = next(h);
    const change = Math.hypot(...vector((k) => f[k] - h[k]));
    if (!(change > tolerance * Math.hypot(...f))) return h;
    h = f;
  }
  return h;
}

/** What goes into each image's gradient: pairs of a point where F is taken and the vector that is taken back through it. */
type Pairs = readonly { readonly h: Vector; readonly u: Vector }[];

const mix = (share: number, a: Vector, b: Vector) => vector((i) => (1 - share) * a[i] + share * b[i]);

function unrolled({ next, back }: ReturnType<typeof cellOf>, start: Vector, dy: Vector, k: number, share: number) {
  const path = [start];
  for (let i = 0; i < k; i++) path.push(mix(share, path[i], next(path[i])));
  const pairs: { h: Vector; u: Vector }[] = [];
  let u = dy;
  for (let i = k - 1; i >= 0; i--) {
    pairs.push({ h: path[i], u: vector((j) => share * u[j]) });
    u = mix(share, u, back(next(path[i]), u).dh);
  }
  return { y: path[k], pairs };
}

function series({ next, back }: ReturnType<typeof cellOf>, h: Vector, dy: Vector, k: number, share: number) {
  const pairs: { h: Vector; u: Vector }[] = [];
  let u = dy;
  for (let i = 0; i < k; i++) {
    pairs.push({ h, u: vector((j) => share * u[j]) });
    u = mix(share, u, back(next(h), u).dh);
  }
  return { y: h, pairs };
}

const formula =
  ({ kind, steps = 5, damping = 0.5 }: PhantomGradient): GradientFormula =>
  ({ x, tensors, dy }) => {
    const weight = tensors['product.weight'].data;
    const result = { y: [] as number[], dx: [] as number[], dw: new Float64Array(weight.length) };
    for (let n = 0; n < IMAGES; n++) {
      const part = (data: ArrayLike<number>) => vector((i) => data[n * SIZE + i]);
      const cell = cellOf(weight, part(x.data));
      const backward = kind === 'unrolling' ? unrolled : series;
      const { y, pairs } = backward(cell, solve(cell.next, 1e-4), part(dy.data), steps, damping);
      result.y.push(...y);
      result.dx.push(...taken(cell, pairs, result.dw));
    }
    return { y: result.y, dx: result.dx, gradients: { 'product.weight': result.dw } };
  };

/** Adds the pairs' gradients of W to `dw`, and returns that of x. */
function taken({ next, back }: ReturnType<typeof cellOf>, pairs: Pairs, dw: Float64Array): Vector {
  const dx = vector(() => 0);
  for (const { h, u } of pairs) {
    const step = back(next(h), u).dx;
    for (let i = 0; i < SIZE; i++) {
      dx[i] += step[i];
      for (let j = 0; j < SIZE; j++) dw[i * SIZE + j] += step[i] * h[j];
    }
  }
  return dx;
}

const backwards: readonly PhantomGradient[] = [
  { kind: 'unrolling' },
  { kind: 'unrolling', steps: 3, damping: 1 },
  { kind: 'neumann' },
  { kind: 'neumann', steps: 1 },
  { kind: 'neumann', steps: 8, damping: 0.75 },
];

export const implicitSubjects: readonly GradientRuleSubject[] = backwards.map((backward) => ({
  name: `fixedPoint, ${Object.values(backward).join(' ')}`,
  layer: fixedPoint({ cell: tanhCell, backward }),
  input: normal(IMAGES, SIZE, 1, 1),
  tensors: { 'product.weight': smallWeight },
  oracle: formula(backward),
}));
