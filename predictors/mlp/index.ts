/**
 * Multilayer perceptron: ReLU layers trained by Adam (Kingma & Ba, ICLR 2015) on the mean squared error, on the kernel backend. The
 * default is the predictor of WeakNAS (Wu et al., NeurIPS 2021).
 */
import { availableParallelism } from 'node:os';
import { expected, wholeNumber } from '../../src/base/errors.js';
import type { Json } from '../../src/contracts/json.js';
import type { Executable, KernelBackend, Tensor } from '../../src/contracts/kernel-backend.js';
import type { Features, FittedPredictor, PredictorFactory } from '../../src/contracts/predictor.js';
import { optionReader } from '../options.js';
import { requireRows, requireSamples, type StandardisedLabels, standardisedLabels } from '../samples.js';
import { type ParameterShape, parameterShapes, predictProgram } from './programs.js';
import { trainParameters } from './train.js';

/**
 * Options: `widths` of the hidden layers, default [1000, 1000, 1000, 1000]; `epochs` at most, default 100; `learningRate`, default .001;
 * `batchSize` at most, default 200 (as scikit-learn: fewer labels are one batch); `weightDecay`, an L2 penalty on weights, default 0;
 * `tolerance`, default 1e-4, and `patience`, default 10: training ends after more than `patience` epochs in a row whose loss, half the
 * mean squared error of standardised labels, is not `tolerance` below the lowest before (scikit-learn's rule and defaults, with which
 * WeakNAS was published; a patience of all epochs trains them all). Features keep their scale; there is no variance.
 */
export const mlp: PredictorFactory = ({ options, random, engine, threads = availableParallelism() }) => {
  const known = ['widths', 'epochs', 'learningRate', 'batchSize', 'weightDecay', 'tolerance', 'patience'];
  const read = optionReader('mlp', options, known);
  const widths = layerWidths(options?.widths ?? [1000, 1000, 1000, 1000]);
  const settings = {
    epochs: read.whole('epochs', 100),
    learningRate: read.number('learningRate', 1e-3, { above: 0 }),
    batchSize: read.whole('batchSize', 200),
    weightDecay: read.number('weightDecay', 0, { least: 0 }),
    tolerance: read.number('tolerance', 1e-4, { least: 0 }),
    patience: read.whole('patience', 10),
  };
  return {
    name: 'mlp',
    async fit(features, labels) {
      requireSamples(features, labels);
      const standardised = standardisedLabels(labels);
      if (standardised.values.every((label) => label === 0)) return constant(features.width, standardised.mean);
      const shapes = parameterShapes(features.width, widths);
      const backend = await engine();
      const parameters = await trainParameters(backend, shapes, features, standardised.values, settings, random);
      if (Object.values(parameters).some(({ data }) => !data.every(Number.isFinite))) {
        throw expected('`learningRate`', 'small enough for the training to stay finite', settings.learningRate);
      }
      return new FittedMlp(backend, shapes, parameters, standardised, threads);
    },
  };
};

function layerWidths(value: Json): number[] {
  if (!Array.isArray(value) || value.length === 0) throw expected('`widths`', 'a list of at least one width', value);
  return value.map((width) => wholeNumber('each of `widths`', width, 1));
}

/** Labels that are all equal are all that there is to predict. */
function constant(width: number, label: number): FittedPredictor {
  return {
    async predict(features) {
      requireRows(features, width);
      return { mean: new Float64Array(features.count).fill(label) };
    },
  };
}

/** Rows that are predicted at a time: enough for the rate of a large matrix product, few enough for a layer to stay in the cache. */
const CHUNK = 1024;

class FittedMlp implements FittedPredictor {
  /** By the rows that it takes. */
  private readonly executables = new Map<number, Promise<Executable>>();

  constructor(
    private readonly engine: KernelBackend,
    private readonly shapes: readonly ParameterShape[],
    private readonly parameters: Readonly<Record<string, Tensor>>,
    private readonly labels: StandardisedLabels,
    private readonly threads: number,
  ) {}

  async predict(features: Features): Promise<{ mean: Float64Array }> {
    requireRows(features, this.shapes[0].shape[0]);
    const mean = new Float64Array(features.count);
    if (features.count === 0) return { mean };
    const rows = Math.min(CHUNK, 2 ** Math.ceil(Math.log2(features.count)));
    const executable = await this.executable(rows);
    for (let start = 0; start < features.count; start += rows) {
      const predictions = await this.chunk(executable, features, start, rows);
      for (let row = start; row < Math.min(start + rows, features.count); row++) {
        mean[row] = this.labels.mean + this.labels.deviation * predictions[row - start];
      }
    }
    return { mean };
  }

  async release(): Promise<void> {
    for (const executable of this.executables.values()) await (await executable).release();
    this.executables.clear();
  }

  private executable(rows: number): Promise<Executable> {
    const found = this.executables.get(rows);
    if (found !== undefined) return found;
    const options = { constants: this.parameters, threads: this.threads };
    const made = this.engine.compile(predictProgram(this.shapes, rows), options);
    this.executables.set(rows, made);
    return made;
  }

  /** Predictions of `rows` rows, those past the end being rows of zeros. */
  private async chunk(executable: Executable, { width, values }: Features, start: number, rows: number) {
    const whole = values.subarray(start * width, (start + rows) * width);
    const data = whole.length === rows * width ? whole : new Float32Array(rows * width);
    if (data !== whole) data.set(whole);
    const input = this.engine.upload({ dtype: 'float32', shape: [rows, width], data });
    const { predictions } = await executable.run({ features: input });
    const tensor = await this.engine.download(predictions);
    input.release();
    predictions.release();
    return tensor.data;
  }
}
