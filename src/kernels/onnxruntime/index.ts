/**
 * The default engine: a program becomes one ONNX model, run by onnxruntime-node, whose CPU and WebGPU kernels come inside
 * the npm package.
 */
import type * as Ort from 'onnxruntime-node';
import { messageOf, NascentError } from '../../base/errors.js';
import type { Buffer, CompileOptions, Executable, KernelBackend, Tensor } from '../../contracts/kernel-backend.js';
import type { Program, Shape } from '../../contracts/program.js';
import { formatShape } from '../shapes.js';
import { onnxModel } from './model.js';

export type OnnxruntimeProvider = 'cpu' | 'webgpu' | 'cuda';

export interface OnnxruntimeOptions {
  /** Where kernels run; default `cpu`. `cuda` needs onnxruntime's own CUDA libraries. */
  readonly provider?: OnnxruntimeProvider;
}

/** Loads onnxruntime; a missing or broken package is a NascentError of code 'engine'. */
export async function onnxruntimeBackend({ provider = 'cpu' }: OnnxruntimeOptions = {}): Promise<KernelBackend> {
  const ort = await loadOnnxruntime();
  return {
    name: provider === 'cpu' ? 'onnxruntime' : `onnxruntime-${provider}`,
    version: ort.env.versions.node ?? ort.env.versions.common,
    compile: (program, options) => compile(ort, provider, program, options),
    upload: (tensor) => new OrtBuffer(new ort.Tensor(tensor.dtype, tensor.data as Float32Array, [...tensor.shape])),
    download: async (buffer) => (buffer as OrtBuffer).read(),
  };
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

  constructor(readonly tensor: Ort.Tensor) {
    this.dtype = tensor.type as Buffer['dtype'];
    this.shape = tensor.dims;
  }

  async read(): Promise<Tensor> {
    const data = (await this.tensor.getData()) as Float32Array | Int32Array;
    return { dtype: this.dtype, shape: this.shape, data };
  }

  release(): void {
    this.tensor.dispose();
  }
}

async function compile(
  ort: typeof Ort,
  provider: OnnxruntimeProvider,
  program: Program,
  { constants, threads = 1 }: CompileOptions = {},
): Promise<Executable> {
  let session: Ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(onnxModel(program, { constants }), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Errors arrive as exceptions; warnings about unused initialisers help nobody.
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new NascentError(
      'engine',
      `Expected ${provider} kernels of onnxruntime to take the program, got: ${messageOf(cause)}`,
      { cause },
    );
  }
  const inputs = signature(program, constants);
  return {
    async run(feeds) {
      const tensors: Record<string, Ort.Tensor> = {};
      for (const [name, expected] of inputs) tensors[name] = checkedInput(name, expected, feeds[name]);
      const results = await session.run(tensors);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, new OrtBuffer(tensor as Ort.Tensor)]),
      );
    },
    release: () => session.release(),
  };
}

type Signature = ReadonlyMap<string, { readonly dtype: string; readonly shape: Shape }>;

function signature(program: Program, constants: CompileOptions['constants'] = {}): Signature {
  const inputs = new Map<string, { dtype: string; shape: Shape }>();
  for (const { definition, dtype, shape } of program.values) {
    if (definition.kind === 'input' && !constants[definition.name]) inputs.set(definition.name, { dtype, shape });
  }
  return inputs;
}

function checkedInput(name: string, expected: { dtype: string; shape: Shape }, buffer: Buffer | undefined): Ort.Tensor {
  const wanted = `${expected.dtype} ${formatShape(expected.shape)}`;
  const got = buffer === undefined ? 'nothing' : `${buffer.dtype} ${formatShape(buffer.shape)}`;
  if (got !== wanted)
    throw new NascentError('engine', `Expected input ${JSON.stringify(name)} to be ${wanted}, got ${got}.`);
  return (buffer as OrtBuffer).tensor;
}
