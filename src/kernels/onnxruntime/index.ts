/**
 * The default engine: a program becomes one ONNX model, run by onnxruntime-node, whose CPU and WebGPU kernels come inside
 * the npm package.
 */
import type * as Ort from 'onnxruntime-node';
import { messageOf, NascentError } from '../../base/errors.js';
import type { Buffer, CompileOptions, Executable, KernelBackend, Tensor } from '../../contracts/kernel-backend.js';
import type { Program, Shape } from '../../contracts/program.js';
import { formatShape, sizeOf } from '../shapes.js';
import { ownEntry, requireType, signature } from '../signature.js';
import { probeBlockSize } from './block-size.js';
import { onnxModel, outputName } from './model.js';

export type OnnxruntimeProvider = 'cpu' | 'webgpu' | 'cuda';

export interface OnnxruntimeOptions {
  /** Where kernels run; default `cpu`. `cuda` needs onnxruntime's own CUDA libraries. */
  readonly provider?: OnnxruntimeProvider;
}

/** Loads onnxruntime; a missing or broken package is a NascentError of code 'engine'. */
export async function onnxruntimeBackend({ provider = 'cpu' }: OnnxruntimeOptions = {}): Promise<KernelBackend> {
  const ort = await loadOnnxruntime();
  if (provider === 'cpu') keepFreedMemory();
  const blockSize = provider === 'cpu' ? await probeBlockSize(ort) : 1;
  return {
    name: provider === 'cpu' ? 'onnxruntime' : `onnxruntime-${provider}`,
    version: ort.env.versions.node ?? ort.env.versions.common,
    compile: (program, options) => compile(ort, provider, blockSize, program, options),
    upload: (tensor) => upload(ort, tensor),
    download: async (buffer) => (buffer as OrtBuffer).read(),
  };
}

/** The largest block that glibc learns from, but for its own bookkeeping. */
const LEARNT_FROM = 32 * 2 ** 20 - 2 ** 16;

/**
 * Images of a batch take megabytes each, which glibc may give back to the system as they are freed, to be mapped and cleared again for the
 * next ones. It keeps what is smaller than the largest block that it has seen freed: here it gets to see one, never touched, once the
 * garbage is collected. Elsewhere this does nothing.
 */
function keepFreedMemory(): void {
  void new ArrayBuffer(LEARNT_FROM);
}

async function loadOnnxruntime(): Promise<typeof Ort> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new NascentError(
      'engine',
      `Expected onnxruntime-node to load, got: ${messageOf(cause)} Run "npm rebuild onnxruntime-node".`,
      { cause },
    );
  }
}

/** CPU tensors live in JavaScript's memory, so that up- and downloads cost nothing. */
class OrtBuffer implements Buffer {
  readonly dtype: Buffer['dtype'];
  readonly shape: Shape;
  private held: Ort.Tensor | undefined;

  constructor(tensor: Ort.Tensor) {
    this.held = tensor;
    this.dtype = tensor.type as Buffer['dtype'];
    this.shape = tensor.dims;
  }

  get tensor(): Ort.Tensor {
    if (this.held === undefined)
      throw new NascentError('engine', 'Expected a buffer that is still held, got a released one.');
    return this.held;
  }

  async read(): Promise<Tensor> {
    const data = (await this.tensor.getData()) as Float32Array | Int32Array;
    return { dtype: this.dtype, shape: this.shape, data };
  }

  release(): void {
    this.held?.dispose();
    this.held = undefined;
  }
}

function upload(ort: typeof Ort, { dtype, shape, data }: Tensor): OrtBuffer {
  if (data.length !== sizeOf(shape)) {
    throw new NascentError(
      'engine',
      `Expected ${sizeOf(shape)} numbers for shape ${formatShape(shape)}, got ${data.length}.`,
    );
  }
  return new OrtBuffer(new ort.Tensor(dtype, data as Float32Array, [...shape]));
}

async function compile(
  ort: typeof Ort,
  provider: OnnxruntimeProvider,
  blockSize: number,
  program: Program,
  { constants = {}, threads = 1, once = false }: CompileOptions = {},
): Promise<Executable> {
  const inputs = signature(program);
  for (const [name, tensor] of Object.entries(constants)) {
    const expected = inputs.get(name);
    if (expected) requireType(`constant ${JSON.stringify(name)}`, expected, tensor);
    inputs.delete(name);
  }
  const session = await createSession(
    ort,
    provider,
    onnxModel(program, { constants, blockSize, pieces: provider === 'cpu' }),
    {
      threads,
      once,
      blockSize,
    },
  );
  const outputs = Object.keys(program.outputs).map((name) => [name, outputName(program, name)] as const);
  let released = false;
  return {
    async run(feeds) {
      if (released) throw new NascentError('engine', 'Expected an executable that is still held, got a released one.');
      const tensors: Record<string, Ort.Tensor> = {};
      for (const [name, expected] of inputs) {
        const buffer = ownEntry(feeds, name);
        requireType(`input ${JSON.stringify(name)}`, expected, buffer);
        tensors[name] = (buffer as OrtBuffer).tensor;
      }
      const results = await session.run(tensors);
      return Object.fromEntries(outputs.map(([name, key]) => [name, new OrtBuffer(results[key] as Ort.Tensor)]));
    },
    async release() {
      if (!released) await session.release();
      released = true;
    },
  };
}

async function createSession(
  ort: typeof Ort,
  provider: OnnxruntimeProvider,
  model: Uint8Array,
  { threads, once, blockSize }: { readonly threads: number; readonly once: boolean; readonly blockSize: number },
): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // An arena keeps what a run touched for the next one. For a single run it would be mapped, touched and given back, for nothing.
      enableCpuMemArena: !once,
      // A plan of all memory would make runs of a training 6 % faster, and take half as much again.
      enableMemPattern: false,
      executionMode: 'sequential',
      // Programs for blocks come out as they should run; to look for more costs more than it finds.
      graphOptimizationLevel: blockSize > 1 ? 'disabled' : 'all',
      // Errors arrive as exceptions, with all that the log would say.
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new NascentError(
      'engine',
      `Expected ${provider} kernels of onnxruntime to take the program, got: ${messageOf(cause)}`,
      { cause },
    );
  }
}
