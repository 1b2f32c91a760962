/**
 * Training one network: epochs of steps, validation after each, test once at the end. What follows an epoch depends only on
 * its checkpoint and the seed, so that a resumed training ends in the same weights bit for bit on the same engine.
 */
import type { Random } from '../base/random.js';
import type { DataSplits } from '../contracts/dataset.js';
import type { TrainProgress } from '../contracts/job.js';
import type { Buffer, Executable, KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { Measures } from '../contracts/measures.js';
import type { Network } from '../contracts/network.js';
import type { Quantity } from '../contracts/quantity.js';
import type {
  CheckPredictions,
  Checkpoint,
  EpochRecord,
  TrainingRecipe,
  TrainingResult,
} from '../contracts/training.js';
import { checkBatch, epochBatches } from '../data/batches.js';
import { initialTensor } from '../network/weights.js';
import { learningRateAt } from '../optimise/schedule.js';
import { dropRate, pathFactors } from './drop-path.js';
import { evaluate, indexOfLargest, type Predict, predictor } from './evaluate.js';
import { packFlat, unpackFlat } from './flat-parameters.js';
import { logitsProgram, optimizerOf, stepProgram, type TrainingLayout, trainingLayout } from './programs.js';
import { openTracker, type Tracker } from './track.js';

export interface TrainOptions {
  readonly network: Network;
  readonly data: DataSplits;
  readonly recipe: TrainingRecipe;
  readonly engine: KernelBackend;
  /** Stream of this training: initial weights, order of images, augmentation. */
  readonly random: Random;
  readonly threads: number;
  /** Measured after every epoch and put into its record. Default: none. */
  readonly track?: readonly Quantity[];
  /** To go on from. */
  readonly checkpoint?: Checkpoint;
  /** Called after every epoch with what is needed to go on from there; awaited. */
  readonly onEpoch?: (progress: TrainProgress) => void | Promise<void>;
  /** Stops after the step in flight; `train` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Trains a network from its initial weights, or from a checkpoint, to the end of the recipe. A diverged training is a failure with its reason. */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const started = performance.now();
  const session = await openSession(options);
  const seconds = () => (performance.now() - started) / 1000;
  try {
    for (let epoch = (options.checkpoint?.epoch ?? 0) + 1; epoch <= options.recipe.epochs; epoch++) {
      const trained = await trainEpoch(options, session, epoch);
      if ('failure' in trained) return { failure: trained.failure, seconds: seconds() };
      const record = await validateEpoch(options, session, epoch, trained);
      if (!Number.isFinite(record.validationLoss)) {
        return {
          failure: `training diverged in epoch ${epoch}: the validation loss is ${record.validationLoss}`,
          seconds: seconds(),
        };
      }
      await options.onEpoch?.({ epoch: record, checkpoint: await checkpointOf(options.engine, session, epoch) });
    }
    return { ...(await conclude(options, session)), seconds: seconds() };
  } finally {
    await session.close();
  }
}

/** Executables and the tensors that pass from step to step. */
interface Session {
  readonly layout: TrainingLayout;
  readonly step: Executable;
  readonly predict: Predict;
  readonly tracker?: Tracker;
  /** Buffers by the name they have in the step program: parameters, statistics, slots. */
  readonly state: Record<string, Buffer>;
  readonly evaluationBatch: number;
  close(): Promise<void>;
}

async function openSession({
  network,
  data,
  recipe,
  engine,
  random,
  threads,
  track = [],
  checkpoint,
  signal,
}: TrainOptions): Promise<Session> {
  const layout = trainingLayout(network);
  const evaluationBatch = Math.min(EVALUATION_BATCH, data.validation.count);
  const step = await engine.compile(stepProgram(network, layout, recipe), { threads });
  const logits = await engine.compile(logitsProgram(network, layout, evaluationBatch), { threads });
  const tracker = track.length > 0 ? await openTracker(track, { network, layout, data, engine, threads }) : undefined;
  const tensors = checkpoint?.tensors ?? initialState(layout, recipe, random.child('weights'));
  const state = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, engine.upload(tensor)]));
  return {
    layout,
    step,
    state,
    evaluationBatch,
    tracker,
    predict: (batch) => {
      signal?.throwIfAborted();
      const weights = { parameters: state.parameters, statistics: state.statistics };
      return predictor(engine, logits, network.inputShape, weights)(batch);
    },
    close: async () => {
      for (const buffer of Object.values(state)) buffer.release();
      await step.release();
      await logits.release();
      await tracker?.release();
    },
  };
}

/** Images an evaluation takes at once. */
const EVALUATION_BATCH = 128;

function initialState(layout: TrainingLayout, recipe: TrainingRecipe, random: Random): Record<string, Tensor> {
  const zeros = (): Tensor => ({
    dtype: 'float32',
    shape: [layout.parameters.length],
    data: new Float32Array(layout.parameters.length),
  });
  return {
    parameters: packFlat(layout.parameters, (spec) => initialTensor(spec, random)),
    statistics: packFlat(layout.statistics, (spec) => initialTensor(spec, random)),
    ...Object.fromEntries(optimizerOf(recipe).slots.map((slot) => [slot, zeros()])),
  };
}

interface TrainedEpoch {
  readonly loss: number;
  readonly accuracy: number;
  readonly learningRate: number;
  readonly started: number;
}

async function trainEpoch(
  { network, data, recipe, engine, random, signal }: TrainOptions,
  session: Session,
  epoch: number,
): Promise<TrainedEpoch | { readonly failure: string }> {
  const started = performance.now();
  const steps = Math.floor(data.train.count / recipe.batchSize);
  const batches = epochBatches(
    data.train,
    data.normalization,
    recipe.batchSize,
    recipe.augmentation,
    random.child('epoch', epoch),
  );
  const { paths } = session.layout;
  const rate = dropRate(network.training?.dropPath ?? 0, epoch, recipe.epochs);
  let step = 0;
  let loss = 0;
  let correct = 0;
  let learningRate = 0;
  for (const batch of batches) {
    signal?.throwIfAborted();
    learningRate = learningRateAt(recipe, epoch - 1 + step / steps);
    const keep = paths > 0 && pathFactors(paths, recipe.batchSize, rate, random.child('epoch', epoch, 'paths', step));
    const result = await runStep(engine, session, {
      images: { dtype: 'float32', shape: [recipe.batchSize, ...network.inputShape], data: batch.images },
      labels: { dtype: 'int32', shape: [recipe.batchSize], data: batch.labels },
      learningRate: scalar(learningRate),
      step: scalar((epoch - 1) * steps + step + 1),
      ...(keep && { keep }),
    });
    step++;
    if (!Number.isFinite(result.loss))
      return { failure: `training diverged in epoch ${epoch}, step ${step} of ${steps}: the loss is ${result.loss}` };
    loss += result.loss;
    correct += result.correct;
  }
  return { loss: loss / step, accuracy: correct / (step * recipe.batchSize), learningRate, started };
}

function scalar(value: number): Tensor {
  return { dtype: 'float32', shape: [], data: new Float32Array([value]) };
}

async function runStep(
  engine: KernelBackend,
  session: Session,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<{ loss: number; correct: number }> {
  const uploaded = Object.entries(inputs).map(([name, tensor]) => [name, engine.upload(tensor)] as const);
  const feeds = Object.fromEntries(uploaded);
  const { loss, correct, ...next } = await session.step.run({ ...session.state, ...feeds });
  for (const buffer of [...Object.values(feeds), ...Object.values(session.state)]) buffer.release();
  Object.assign(session.state, next);
  const [lossTensor, correctTensor] = await Promise.all([engine.download(loss), engine.download(correct)]);
  loss.release();
  correct.release();
  return { loss: lossTensor.data[0], correct: correctTensor.data[0] };
}

async function validateEpoch(
  { data }: TrainOptions,
  session: Session,
  epoch: number,
  trained: TrainedEpoch,
): Promise<EpochRecord> {
  const validation = await evaluate(data.validation, data.normalization, session.evaluationBatch, session.predict);
  const { parameters, statistics } = session.state;
  const tracked = await session.tracker?.measure({ parameters, statistics });
  return {
    epoch,
    learningRate: trained.learningRate,
    trainLoss: trained.loss,
    trainAccuracy: trained.accuracy,
    validationLoss: validation.loss,
    validationAccuracy: validation.accuracy,
    seconds: (performance.now() - trained.started) / 1000,
    ...(tracked && { tracked }),
  };
}

async function checkpointOf(engine: KernelBackend, session: Session, epoch: number): Promise<Checkpoint> {
  const entries = await Promise.all(
    Object.entries(session.state).map(async ([name, buffer]) => {
      const { dtype, shape, data } = await engine.download(buffer);
      return [name, { dtype, shape, data: data.slice() }] as const;
    }),
  );
  return { epoch, tensors: Object.fromEntries(entries) };
}

async function conclude(options: TrainOptions, session: Session) {
  const { data, engine } = options;
  const { evaluationBatch, predict, layout } = session;
  const validation = await evaluate(data.validation, data.normalization, evaluationBatch, predict);
  const test = await evaluate(data.test, data.normalization, evaluationBatch, predict);
  const measures: Measures = {
    validationAccuracy: { value: validation.accuracy, better: 'higher' },
    validationLoss: { value: validation.loss, better: 'lower', unit: 'nats' },
    testAccuracy: { value: test.accuracy, better: 'higher' },
    testLoss: { value: test.loss, better: 'lower', unit: 'nats' },
  };
  const [parameters, statistics] = await Promise.all([
    engine.download(session.state.parameters),
    engine.download(session.state.statistics),
  ]);
  const weights = { ...unpackFlat(layout.parameters, parameters), ...unpackFlat(layout.statistics, statistics) };
  return { measures, weights, predictions: await checkPredictions(options, session) };
}

/** What the network says of the check batch, computed in the evaluation's own batch size. */
async function checkPredictions(
  { data, network }: TrainOptions,
  { predict, evaluationBatch }: Session,
): Promise<CheckPredictions> {
  const batch = checkBatch(data, Math.min(64, evaluationBatch));
  const images = new Float32Array((batch.images.length / batch.size) * evaluationBatch);
  images.set(batch.images);
  const padded = { images, labels: batch.labels, size: evaluationBatch };
  const logits = (await predict(padded)).slice(0, batch.size * network.classes);
  const labels = Array.from({ length: batch.size }, (_, i) =>
    indexOfLargest(logits.subarray(i * network.classes, (i + 1) * network.classes)),
  );
  return { batch: batch.name, labels, logits };
}
