/**
 * The kernel backend: an engine compiles a program and runs it on opaque buffers.
 *
 * Semantics every engine keeps (checked by `kernelBackendConformance`):
 * - `compile` may take long and may reject with a NascentError of code 'engine'; a program compiled once runs any number
 *   of times. Names in `constants` are no longer inputs of the executable: their values are built in.
 * - `run` needs every remaining input, of the declared dtype and shape, and returns every output of the program.
 *   It does not change its inputs. Runs of one executable do not overlap; several executables may run side by side.
 * - A buffer belongs to who holds it: `release` frees it, after which it must not be used. Outputs may be fed to the next
 *   run without `download`.
 */
import type { DType, Program, Shape } from './program.js';

/** A tensor in the memory of this process. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float32Array | Int32Array;
}

/** A tensor in an engine's memory. */
export interface Buffer {
  readonly dtype: DType;
  readonly shape: Shape;
  release(): void;
}

export interface CompileOptions {
  /** Inputs whose values are fixed: engines may lay them out once (faster kernels). */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /**
   * Threads for this executable. Default 1: several executables side by side use the cores better. An engine whose threads are those of
   * the whole process takes no notice.
   */
  readonly threads?: number;
  /** Whether it will run only once: then memory that gets free is not kept for the next run. Default false. Engines need not heed it. */
  readonly once?: boolean;
}

export interface Executable {
  run(inputs: Readonly<Record<string, Buffer>>): Promise<Record<string, Buffer>>;
  release(): Promise<void>;
}

export interface KernelBackend {
  /** As recorded in the ledger: `reference`, `onnxruntime`, `onnxruntime-webgpu`, … */
  readonly name: string;
  /** Version of the library behind it. */
  readonly version: string;
  compile(program: Program, options?: CompileOptions): Promise<Executable>;
  /** The engine may keep using the array itself: it must not be changed before the buffer is released. */
  upload(tensor: Tensor): Buffer;
  download(buffer: Buffer): Promise<Tensor>;
}
