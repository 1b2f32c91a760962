/** A run's story as its ledger would tell it: random scores, some trainings, one of them still going on. */
import { random } from '../../../src/base/random.js';
import type { RunConfiguration, RunEvent, RunEventBody } from '../../../src/contracts/run.js';

export const CONFIGURATION = {
  space: 'nas-bench-201',
  data: 'synthetic',
  sampler: 'random',
  metric: 'naswot',
  engine: 'onnxruntime',
  seed: 1,
  train: 3,
  count: 40,
  scoreBatch: 128,
  recipe: { epochs: 4 },
  scoreSkeleton: { channels: 16, cells: 5 },
} as unknown as RunConfiguration;

export const ARCHITECTURE = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|';

/** Numbers events and gives them times a second apart. */
export class Story {
  readonly events: RunEvent[] = [];

  constructor(readonly configuration: RunConfiguration = CONFIGURATION) {
    this.tell({ type: 'run-started', configuration, versions: { onnxruntime: '1.30.0' }, resumed: false });
    this.tell({ type: 'resources', workers: 2, memory: 412e6 });
  }

  tell(body: RunEventBody): this {
    const sequence = this.events.length + 1;
    this.events.push({ ...body, run: 'abcd1234', sequence, time: 1_700_000_000_000 + sequence * 1000 });
    return this;
  }

  /** Candidates 1 … count, scores between 1000 and 2000. */
  scored(count: number, total = count): this {
    this.tell({ type: 'stage-started', stage: 'score', total, done: 0 });
    const draw = random(7);
    for (let candidate = 1; candidate <= count; candidate++) {
      const value = 1000 + Math.floor(1000 * draw.uniform());
      const cost = { seconds: 0.1, parameters: 344_346, multiplyAdds: 47_105_000 };
      this.tell({ type: 'candidate-scored', candidate, architecture: ARCHITECTURE, metric: 'naswot', value, ...cost });
    }
    return this;
  }

  trainStage(total = 3): this {
    return this.tell({ type: 'stage-started', stage: 'train', total, done: 0 });
  }

  /** Begins a training and tells the given epochs of four. */
  training(evaluation: number, candidate: number, ...accuracies: number[]): this {
    const training = { evaluation, candidate };
    this.tell({
      type: 'training-started',
      ...training,
      architecture: ARCHITECTURE,
      stage: 'train',
      epochs: 4,
      fromEpoch: 0,
    });
    accuracies.forEach((validationAccuracy, i) => {
      const losses = { learningRate: 0.1, trainLoss: 1, trainAccuracy: 0.5, validationLoss: 1, seconds: 1 };
      this.tell({ type: 'epoch', ...training, epoch: i + 1, validationAccuracy, ...losses });
    });
    return this;
  }

  trained(evaluation: number, candidate: number, validation: number): this {
    this.training(evaluation, candidate, validation / 2, validation / 1.5, validation / 1.1, validation);
    const measures = {
      validationAccuracy: { value: validation, better: 'higher' },
      testAccuracy: { value: validation - 0.01, better: 'higher' },
    } as const;
    return this.tell({ type: 'evaluation-finished', evaluation, candidate, measures, seconds: 4 });
  }
}
