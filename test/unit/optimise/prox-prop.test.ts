import { describe, expect, it } from 'vitest';
import { solvePositiveDefinite } from '../../../src/base/linear-algebra.js';
import { random } from '../../../src/base/random.js';
import type { Tensor } from '../../../src/contracts/kernel-backend.js';
import type { Shape, Value } from '../../../src/contracts/program.js';
import type { ProgramBuilder } from '../../../src/contracts/program-builder.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { linearReader } from '../../../src/optimise/linear-reader.js';
import { type ProxPropOptions, proxProp } from '../../../src/optimise/prox-prop.js';
import { runOnce, worstError } from '../../../src/testing/kernel-backend-programs.js';

/** How a layer reads its weights. */
interface Product {
  readonly x: Shape;
  readonly w: Shape;
  write(b: ProgramBuilder, x: Value, w: Value): Value;
}

const products: Readonly<Record<string, Product>> = {
  'a linear layer': {
    x: [5, 3],
    w: [2, 3],
    write: (b, x, w) => b.op('matmul', [x, w], { transposeA: false, transposeB: true }),
  },
  'a convolution': {
    x: [2, 2, 4, 5],
    w: [2, 2, 2, 2],
    write: (b, x, w) => b.op('conv2d', [x, w], { stride: [2, 1], padding: [1, 0], dilation: [1, 1], groups: 1 }),
  },
};

const engine = referenceBackend({ precision: 'float64' });
const drawn = (name: string, shape: Shape): Tensor => {
  const stream = random(name);
  return { dtype: 'float32', shape, data: Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()) };
};

/** What stands in for a gradient of normal numbers. */
async function direction(
  { x, w, write }: Product,
  options: Partial<ProxPropOptions>,
  gradient = drawn('gradient', w),
): Promise<ArrayLike<number>> {
  const b = programBuilder();
  const [images, weights] = [b.input('x', x), b.input('w', w)];
  write(b, images, weights);
  const reader = linearReader(b, weights, b.size);
  const { precondition } = proxProp({ momentum: 0, nesterov: false, weightDecay: 0, ...options });
  if (!reader || !precondition) throw new Error('Expected a linear reader.');
  const program = b.finish({ direction: precondition(b, b.input('gradient', w), reader) });
  const inputs = { x: drawn('x', x), w: drawn('w', w), gradient };
  return (await runOnce(engine, { program, inputs })).direction.data;
}

/** (I + τ·AᵀA)⁻¹ g by elimination; A column by column, each the output for one weight of one and the others zero. */
async function solved({ x, w, write }: Product, tau: number): Promise<Float64Array> {
  const size = sizeOf(w);
  const b = programBuilder();
  const program = b.finish({ y: write(b, b.input('x', x), b.input('w', w)) });
  const columns: ArrayLike<number>[] = [];
  for (let i = 0; i < size; i++) {
    const unit: Tensor = {
      dtype: 'float32',
      shape: w,
      data: Float32Array.from({ length: size }, (_, j) => +(i === j)),
    };
    columns.push((await runOnce(engine, { program, inputs: { x: drawn('x', x), w: unit } })).y.data);
  }
  const system = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let product = 0;
      for (let k = 0; k < columns[i].length; k++) product += columns[i][k] * columns[j][k];
      system[i * size + j] = Number(i === j) + tau * product;
    }
  }
  return solvePositiveDefinite(system, drawn('gradient', w).data);
}

describe.each(Object.entries(products))('an implicit step of %s', (_, product) => {
  it('is the solution of the proximal problem', async () => {
    for (const tau of [0.05, 2]) {
      const expected = await solved(product, tau);
      expect(worstError(expected, await direction(product, { tau, iterations: 16 }))).toBeLessThan(1e-5);
    }
  });

  it('is a step along the gradient for a τ of zero', async () => {
    expect(worstError(drawn('gradient', product.w).data, await direction(product, { tau: 0 }))).toBeLessThan(1e-6);
  });

  it('goes down after any number of iterations, and is shorter than the gradient', async () => {
    const gradient = drawn('gradient', product.w).data;
    for (const iterations of [1, 2, 3, 5]) {
      const step = await direction(product, { tau: 1, iterations });
      const along = Array.from(gradient).reduce((sum, each, i) => sum + each * step[i], 0);
      expect(along).toBeGreaterThan(0);
      expect(Math.hypot(...Array.from(step))).toBeLessThan(Math.hypot(...gradient));
    }
  });

  it('is zero where the gradient is', async () => {
    const zero: Tensor = { dtype: 'float32', shape: product.w, data: new Float32Array(sizeOf(product.w)) };
    expect(Array.from(await direction(product, {}, zero)).every((each) => each === 0)).toBe(true);
  });
});

describe('tensors that no product reads', () => {
  const readerOf = (write: (b: ProgramBuilder, w: Value) => unknown) => {
    const b = programBuilder();
    const w = b.input('w', [3, 3]);
    write(b, w);
    return linearReader(b, w, b.size);
  };
  const attributes = { transposeA: false, transposeB: false };
  it.each<readonly [string, (b: ProgramBuilder, w: Value) => unknown]>([
    ['none at all', () => undefined],
    ['a sum', (b, w) => b.op('add', [b.input('x', [3, 3]), w], {})],
    [
      'two products',
      (b, w) => [
        b.op('matmul', [b.input('x', [3, 3]), w], attributes),
        b.op('matmul', [b.input('y', [3, 3]), w], attributes),
      ],
    ],
    ['a product with itself', (b, w) => b.op('matmul', [w, w], attributes)],
    ['a product of which it is the first factor', (b, w) => b.op('matmul', [w, b.input('x', [3, 3])], attributes)],
  ])('%s', (_, write) => {
    expect(readerOf(write)).toBeUndefined();
  });
});
