/** Training a multilayer perceptron: epochs of shuffled batches, one compiled program a step. */
import type { Random } from '../../src/base/random.js';
import type { Buffer, KernelBackend, Tensor } from '../../src/contracts/kernel-backend.js';
import type { Features } from '../../src/contracts/predictor.js';
import { sizeOf } from '../../src/kernels/shapes.js';
import { momentNames, type ParameterShape, stepProgram } from './programs.js';

export interface TrainingSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly weightDecay: number;
  readonly threads: number;
}

/** The trained parameters by name. @param labels [count], standardised */
export async function trainParameters(
  engine: KernelBackend,
  shapes: readonly ParameterShape[],
  features: Features,
  labels: Float64Array,
  settings: TrainingSettings,
  random: Random,
): Promise<Record<string, Tensor>> {
  const batches = new BatchDraws(engine, features, labels, settings.batchSize, random.child('batches'));
  const program = stepProgram(shapes, batches.rows, settings.weightDecay);
  const executable = await engine.compile(program, { threads: settings.threads });
  const state = initialState(engine, shapes, random.child('weights'));
  const learningRate = scalar(engine, settings.learningRate);
  try {
    let step = 0;
    for (let epoch = 0; epoch < settings.epochs; epoch++) {
      for (const batch of batches.epoch()) {
        const count = scalar(engine, ++step);
        const next = await executable.run({ ...state, ...batch, learningRate, step: count });
        count.release();
        for (const buffer of Object.values(state)) buffer.release();
        Object.assign(state, next);
      }
    }
    const entries = shapes.map(async ({ name }) => [name, copied(await engine.download(state[name]))] as const);
    return Object.fromEntries(await Promise.all(entries));
  } finally {
    for (const buffer of [...Object.values(state), learningRate]) buffer.release();
    batches.release();
    await executable.release();
  }
}

/** Outlives the buffer that it was read from. */
function copied(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

function scalar(engine: KernelBackend, value: number): Buffer {
  return engine.upload({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
}

/** Weights and offsets uniform within Glorot's bound (Glorot & Bengio, AISTATS 2010, equation 16), as scikit-learn draws them; moments 0. */
function initialState(
  engine: KernelBackend,
  shapes: readonly ParameterShape[],
  random: Random,
): Record<string, Buffer> {
  const state: Record<string, Buffer> = {};
  for (const { name, shape, bound } of shapes) {
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound;
    state[name] = engine.upload({ dtype: 'float32', shape, data });
    for (const moment of momentNames(name)) {
      state[moment] = engine.upload({ dtype: 'float32', shape, data: new Float32Array(data.length) });
    }
  }
  return state;
}

/**
 * The batches of each epoch, all of one size, so that one program takes them: as many as the batch size asks for, of equal shares. Of
 * 205 samples in two batches one is left out, another in each epoch.
 */
class BatchDraws {
  readonly rows: number;
  private order: number[];
  private held: Record<string, Buffer>[] = [];

  constructor(
    private readonly engine: KernelBackend,
    private readonly features: Features,
    private readonly labels: Float64Array,
    batchSize: number,
    private readonly random: Random,
  ) {
    this.rows = Math.floor(features.count / Math.ceil(features.count / batchSize));
    this.order = Array.from(labels, (_, row) => row);
  }

  /** Valid until the next epoch. */
  *epoch(): Generator<Readonly<Record<string, Buffer>>> {
    // The whole is the same batch in whatever order.
    if (this.rows === this.order.length && this.held.length > 0) {
      yield* this.held;
      return;
    }
    this.release();
    if (this.rows < this.order.length) this.order = this.random.shuffle(this.order);
    for (let start = 0; start + this.rows <= this.order.length; start += this.rows) {
      const batch = this.upload(this.order.slice(start, start + this.rows));
      this.held.push(batch);
      yield batch;
    }
  }

  release(): void {
    for (const batch of this.held) for (const buffer of Object.values(batch)) buffer.release();
    this.held = [];
  }

  private upload(rows: readonly number[]): Record<string, Buffer> {
    const { width, values } = this.features;
    const features = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      features.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    const labels = Float32Array.from(rows, (row) => this.labels[row]);
    return {
      features: this.engine.upload({ dtype: 'float32', shape: [rows.length, width], data: features }),
      labels: this.engine.upload({ dtype: 'float32', shape: [rows.length, 1], data: labels }),
    };
  }
}
