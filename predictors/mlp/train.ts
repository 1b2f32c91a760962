/** Training a multilayer perceptron: epochs of shuffled batches, several steps to a run of one compiled program, until the loss stands. */
import type { Random } from '../../src/base/random.js';
import type { Buffer, Executable, KernelBackend, Tensor } from '../../src/contracts/kernel-backend.js';
import type { Features } from '../../src/contracts/predictor.js';
import { sizeOf } from '../../src/kernels/shapes.js';
import { EarlyStop } from './early-stop.js';
import { type ParameterShape, stepNames, sumNames, trainingProgram } from './programs.js';

export interface TrainingSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly weightDecay: number;
  readonly tolerance: number;
  readonly patience: number;
}

/**
 * More would round sums otherwise, and the fit would depend on the machine's cores. What they save is little: two take .7 to .9 of the time for the
 * published widths, and that of one for 256 units, waiting for each other in a loop.
 */
const THREADS = 1;

/**
 * Steps to a run, at most. Parameters and sums (36 MB of the published widths) pass the engine's door once a run, for half the time of a
 * step; with more the model to compile grows and little is gained.
 */
const MOST_STEPS = 8;

/** The trained parameters by name. @param labels [count], standardised */
export async function trainParameters(
  engine: KernelBackend,
  shapes: readonly ParameterShape[],
  features: Features,
  labels: Float64Array,
  settings: TrainingSettings,
  random: Random,
): Promise<Record<string, Tensor>> {
  const batches = new Batches(features, labels, settings.batchSize, random.child('batches'));
  const total = settings.epochs * batches.perEpoch;
  const programs = new StepPrograms(engine, shapes, batches.rows, settings);
  const state = initialState(engine, shapes, random.child('weights'));
  const stop = new EarlyStop({ ...settings, stepsPerEpoch: batches.perEpoch });
  const learningRate = scalar(settings.learningRate);
  try {
    for (let done = 0; done < total && !stop.reached; ) {
      // No more than are sure to be done: a step is never undone.
      const steps = 2 ** Math.floor(Math.log2(Math.min(MOST_STEPS, total - done, stop.certain)));
      const given = { ...batches.next(steps), step: scalar(done + 1), learningRate };
      const next = await runOn(engine, await programs.of(steps), state, given);
      releaseAll(state);
      Object.assign(state, next);
      stop.after(await takeLosses(engine, state, steps));
      done += steps;
    }
    const entries = shapes.map(async ({ name }) => [name, copied(await engine.download(state[name]))] as const);
    return Object.fromEntries(await Promise.all(entries));
  } finally {
    releaseAll(state);
    await programs.release();
  }
}

/** Compiled programs by the number of their steps. */
class StepPrograms {
  private readonly compiled = new Map<number, Promise<Executable>>();

  constructor(
    private readonly engine: KernelBackend,
    private readonly shapes: readonly ParameterShape[],
    private readonly rows: number,
    private readonly settings: TrainingSettings,
  ) {}

  of(steps: number): Promise<Executable> {
    const found = this.compiled.get(steps);
    if (found !== undefined) return found;
    const { rows, settings } = this;
    const program = trainingProgram(this.shapes, { rows, steps, weightDecay: settings.weightDecay });
    const made = this.engine.compile(program, { threads: THREADS });
    this.compiled.set(steps, made);
    return made;
  }

  async release(): Promise<void> {
    for (const executable of this.compiled.values()) await (await executable).release();
  }
}

async function runOn(
  engine: KernelBackend,
  executable: Executable,
  state: Readonly<Record<string, Buffer>>,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Buffer>> {
  const given = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, engine.upload(tensor)]));
  try {
    return { ...(await executable.run({ ...state, ...given })) };
  } finally {
    releaseAll(given);
  }
}

/** The losses of a run's steps, which are removed from its outputs. */
async function takeLosses(engine: KernelBackend, outputs: Record<string, Buffer>, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { loss } = stepNames(i);
    losses.push((await engine.download(outputs[loss])).data[0]);
    outputs[loss].release();
    delete outputs[loss];
  }
  return losses;
}

function releaseAll(buffers: Readonly<Record<string, Buffer>>): void {
  for (const buffer of Object.values(buffers)) buffer.release();
}

/** Outlives the buffer that it was read from. */
function copied(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

function scalar(value: number): Tensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}

/** Weights and offsets uniform within Glorot's bound (Glorot & Bengio, AISTATS 2010, equation 16), as scikit-learn draws them; sums 0. */
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
    for (const sum of sumNames(name)) {
      state[sum] = engine.upload({ dtype: 'float32', shape, data: new Float32Array(data.length) });
    }
  }
  return state;
}

/**
 * The batches of one epoch after the other, all of one size, so that one program takes them: as many as the batch size asks for, of
 * equal shares. Of 205 samples in two batches one is left out, another in each epoch.
 */
class Batches {
  readonly rows: number;
  readonly perEpoch: number;
  private order: number[];
  private taken = 0;

  constructor(
    private readonly features: Features,
    private readonly labels: Float64Array,
    batchSize: number,
    private readonly random: Random,
  ) {
    this.perEpoch = Math.ceil(features.count / batchSize);
    this.rows = Math.floor(features.count / this.perEpoch);
    this.order = Array.from(labels, (_, row) => row);
  }

  /** The next `steps` batches, under the names of a program of as many steps. */
  next(steps: number): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (let i = 0; i < steps; i++) {
      const names = stepNames(i);
      const rows = this.draw();
      tensors[names.features] = this.featuresOf(rows);
      const labels = Float32Array.from(rows, (row) => this.labels[row]);
      tensors[names.labels] = { dtype: 'float32', shape: [rows.length, 1], data: labels };
    }
    return tensors;
  }

  private draw(): readonly number[] {
    // The whole is the same batch in whatever order.
    if (this.rows === this.order.length) return this.order;
    const place = this.taken++ % this.perEpoch;
    if (place === 0) this.order = this.random.shuffle(this.order);
    return this.order.slice(place * this.rows, (place + 1) * this.rows);
  }

  private featuresOf(rows: readonly number[]): Tensor {
    const { width, values } = this.features;
    const data = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      data.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return { dtype: 'float32', shape: [rows.length, width], data };
  }
}
