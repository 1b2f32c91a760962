/**
 * The reference engine: plain loops, slow and obvious. It is the definition of every primitive; other engines are checked
 * against it.
 */
import type { Buffer, KernelBackend, Tensor } from '../../contracts/kernel-backend.js';
import { importNumbers, ownBuffer, type PreciseTensor, type Precision, ReferenceBuffer } from './buffers.js';
import { compileReference } from './executable.js';

export type { PreciseTensor } from './buffers.js';

export interface ReferenceOptions {
  /** 'float64' never rounds floats: what gradients are checked with by central differences. Default 'float32'. */
  readonly precision?: Precision;
}

/** The kernel backend, and a door that does not round to float32. */
export interface ReferenceBackend extends KernelBackend {
  upload(tensor: Tensor | PreciseTensor): Buffer;
  downloadPrecise(buffer: Buffer): PreciseTensor;
}

export function referenceBackend({ precision = 'float32' }: ReferenceOptions = {}): ReferenceBackend {
  return {
    name: 'reference',
    // Its own count: grows when the definition of a primitive changes.
    version: '1',
    compile: async (program, options) => compileReference(program, precision, options),
    upload: (tensor) => new ReferenceBuffer(tensor.dtype, tensor.shape, importNumbers(tensor, precision)),
    download: async (buffer) => {
      const { dtype, shape, data } = ownBuffer(buffer);
      return { dtype, shape, data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) };
    },
    downloadPrecise: (buffer) => {
      const { dtype, shape, data } = ownBuffer(buffer);
      return { dtype, shape, data: data.slice() };
    },
  };
}
