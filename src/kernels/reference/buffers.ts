/** Tensors in this engine's memory. */
import { NascentError, show } from '../../base/errors.js';
import type { Buffer, Tensor } from '../../contracts/kernel-backend.js';
import type { DType, Shape, ValueType } from '../../contracts/program.js';
import { elementCount } from './operand.js';

/** How floats are held: rounded to float32 after every op, or not at all. */
export type Precision = 'float32' | 'float64';

/** A tensor whose floats are not rounded to float32. */
export interface PreciseTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** A buffer of this engine. Its data is never written after it was made, so that buffers may share it. */
export class ReferenceBuffer implements Buffer {
  #data: Float64Array | undefined;

  constructor(
    readonly dtype: DType,
    readonly shape: Shape,
    data: Float64Array,
  ) {
    this.#data = data;
  }

  /** Refuses a buffer that was released: as the definition, this engine catches what others let pass. */
  get data(): Float64Array {
    if (this.#data) return this.#data;
    throw new NascentError('usage', `Expected a buffer in use, got a released one of shape ${show(this.shape)}.`);
  }

  release(): void {
    this.#data = undefined;
  }
}

/** The engine's own buffer behind the opaque one. */
export function ownBuffer(buffer: Buffer): ReferenceBuffer {
  if (buffer instanceof ReferenceBuffer) return buffer;
  throw new NascentError('usage', 'Expected a buffer of the reference engine, got one of another engine.');
}

/** A copy of a tensor's numbers as this engine holds them. */
export function importNumbers(tensor: Tensor | PreciseTensor, precision: Precision): Float64Array {
  if (tensor.data.length !== elementCount(tensor.shape)) {
    throw new NascentError(
      'shape',
      `Expected ${elementCount(tensor.shape)} numbers for shape ${show(tensor.shape)}, got ${tensor.data.length}.`,
    );
  }
  const data = Float64Array.from(tensor.data);
  roundInPlace(data, tensor.dtype, precision);
  return data;
}

/** Rounds what was computed in float64 to what the dtype holds. int32 results are whole numbers already. */
export function roundInPlace(data: Float64Array, dtype: DType, precision: Precision): void {
  if (dtype !== 'float32' || precision === 'float64') return;
  for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i]);
}

/** Refuses a tensor that is not of the declared dtype and shape. */
export function checkType(name: string, declared: ValueType, got: ValueType): void {
  const sameShape =
    declared.shape.length === got.shape.length && declared.shape.every((length, axis) => length === got.shape[axis]);
  if (sameShape && declared.dtype === got.dtype) return;
  throw new NascentError(
    'shape',
    `Expected input ${show(name)} to be ${declared.dtype} ${show(declared.shape)}, got ${got.dtype} ${show(got.shape)}.`,
  );
}
