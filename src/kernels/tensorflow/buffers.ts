/** Tensors in TensorFlow's memory. */
import { NascentError } from '../../base/errors.js';
import type { Buffer, Tensor } from '../../contracts/kernel-backend.js';
import { formatShape, sizeOf } from '../shapes.js';
import type { Handle, Library } from './library.js';

/** A buffer of this engine, axes in the program's order. */
export class TensorflowBuffer implements Buffer {
  readonly dtype: Buffer['dtype'];
  readonly shape: Buffer['shape'];
  #handle: Handle | undefined;

  constructor(handle: Handle) {
    this.#handle = handle;
    this.dtype = handle.dtype as Buffer['dtype'];
    this.shape = handle.shape;
  }

  /** @throws NascentError `engine` for a buffer that was released. */
  get handle(): Handle {
    if (this.#handle) return this.#handle;
    throw new NascentError('engine', 'Expected a buffer that is still held, got a released one.');
  }

  async read(): Promise<Tensor> {
    const data = (await this.handle.data()) as Float32Array | Int32Array;
    return { dtype: this.dtype, shape: this.shape, data };
  }

  release(): void {
    this.#handle?.dispose();
    this.#handle = undefined;
  }
}

export function uploadTensor(tf: Library, { dtype, shape, data }: Tensor): TensorflowBuffer {
  if (data.length !== sizeOf(shape)) {
    throw new NascentError(
      'engine',
      `Expected ${sizeOf(shape)} numbers for shape ${formatShape(shape)}, got ${data.length}.`,
    );
  }
  return new TensorflowBuffer(tf.tensor(data, [...shape], dtype));
}
