/** Every setting there is. Places are the fields of `search`'s options, whose defaults the help texts show. */

import { namesOf } from '../../catalog.js';
import { OPTIMIZERS } from '../../contracts/training.js';
import { DEFAULT_EVALUATIONS, DEFAULTS } from '../../search/configuration.js';
import { DEFAULT_LEDGER } from '../../search/options.js';
import { recipes } from '../../train/recipes.js';
import type { Setting } from './setting.js';

const RECIPE = recipes[DEFAULTS.recipe];
/** Where a recipe's name stands beside changes to it; in the file, `recipe` may also be the name alone. */
export const RECIPE_NAME = 'recipe.name';
/** Stands for a sampler and what it learns from; see `gather`. */
export const STRATEGY = 'strategy';
const NONE = 'none';
const SAMPLERS = namesOf('samplers')
  .filter((name) => name !== 'given')
  .join(', ');

/** What is searched, and how it is scored. */
const SEARCHING: readonly Setting[] = [
  {
    flag: 'space',
    kind: 'text',
    placeholder: 'name',
    summary: `search space: ${namesOf('spaces').join(', ')}, or the path of a space's own file`,
    fallback: DEFAULTS.space,
    places: ['space'],
  },
  {
    flag: 'space-option',
    kind: 'options',
    placeholder: 'name=value',
    summary: 'option of the space itself; may be repeated',
    fallback: NONE,
    places: ['spaceOptions'],
  },
  {
    flag: 'at-most',
    kind: 'pairs',
    placeholder: 'measure=bound',
    summary:
      'what may be proposed: parameters=1e6, multiplyAdds=50e6 (as trained) or a column of --measures; may be repeated',
    fallback: NONE,
    places: ['constraints.atMost'],
  },
  {
    flag: 'at-least',
    kind: 'pairs',
    placeholder: 'measure=bound',
    summary: 'the same from below',
    fallback: NONE,
    places: ['constraints.atLeast'],
  },
  {
    flag: 'measures',
    kind: 'list',
    placeholder: 'file',
    summary:
      'CSV file of measures such as latencies, a line for each arch; one with index only needs one with both beside it',
    fallback: NONE,
    places: ['constraints.measures'],
  },
  {
    flag: 'sampler',
    kind: 'text',
    placeholder: 'name',
    summary: `how architectures are proposed: ${SAMPLERS}`,
    fallback: DEFAULTS.sampler,
    places: ['sampler'],
  },
  {
    flag: 'sampler-option',
    kind: 'options',
    placeholder: 'name=value',
    summary: 'option of the sampler, e.g. population=20; may be repeated',
    fallback: NONE,
    places: ['samplerOptions'],
  },
  {
    flag: 'strategy',
    kind: 'text',
    placeholder: 'name',
    summary: 'sampler whose proposals are all trained and that learns from each; nascent is the one to begin with',
    fallback: NONE,
    places: [STRATEGY],
  },
  {
    flag: 'learns-from',
    kind: 'text',
    placeholder: 'what',
    summary: 'what the sampler is told: scores, or evaluations as with --strategy',
    fallback: DEFAULTS.learnsFrom,
    places: ['learnsFrom'],
  },
  {
    flag: 'count',
    kind: 'number',
    summary: 'candidates to propose and score; also the most that a sampler may have scored beside its proposals',
    fallback: String(DEFAULTS.count),
    places: ['count'],
  },
  {
    flag: 'metric',
    kind: 'text',
    placeholder: 'name',
    summary: `training-free score: ${namesOf('metrics').join(', ')}`,
    fallback: DEFAULTS.metric,
    places: ['metric'],
  },
  {
    flag: 'score-batch',
    kind: 'number',
    summary: 'images in the scoring batch',
    fallback: String(DEFAULTS.scoreBatch),
    places: ['scoreBatch'],
  },
  {
    flag: 'channels',
    kind: 'number',
    summary: 'channels of the first stage, both scored and trained',
    places: ['scoreSkeleton.channels', 'trainSkeleton.channels'],
  },
  {
    flag: 'cells',
    kind: 'number',
    summary: 'cells a stage, both scored and trained',
    places: ['scoreSkeleton.cells', 'trainSkeleton.cells'],
  },
  {
    flag: 'score-channels',
    kind: 'number',
    summary: 'channels of the first stage while scored',
    fallback: "the space's own",
    places: ['scoreSkeleton.channels'],
  },
  {
    flag: 'score-cells',
    kind: 'number',
    summary: 'cells a stage while scored',
    fallback: "the space's own",
    places: ['scoreSkeleton.cells'],
  },
  {
    flag: 'train-channels',
    kind: 'number',
    summary: 'channels of the first stage when trained and exported',
    fallback: String(DEFAULTS.trainSkeleton.channels),
    places: ['trainSkeleton.channels'],
  },
  {
    flag: 'train-cells',
    kind: 'number',
    summary: 'cells a stage when trained and exported',
    fallback: String(DEFAULTS.trainSkeleton.cells),
    places: ['trainSkeleton.cells'],
  },
];

const DATA: readonly Setting[] = [
  {
    flag: 'data',
    kind: 'text',
    placeholder: 'spec',
    summary: 'synthetic[:train=N,test=N], cifar10:PATH, cifar100:PATH or mnist:DIRECTORY',
    fallback: DEFAULTS.data,
    places: ['data'],
  },
  {
    flag: 'test-data',
    kind: 'text',
    placeholder: 'spec',
    summary: 'data spec of the test images, where they lie apart',
    fallback: 'the test part of --data',
    places: ['testData'],
  },
];

const TRAINING: readonly Setting[] = [
  {
    flag: 'recipe',
    kind: 'text',
    placeholder: 'name',
    summary:
      'recipe that the options below change, whose defaults are those of short (3 epochs); nas-bench-201: 200 epochs, as published',
    fallback: DEFAULTS.recipe,
    places: [RECIPE_NAME],
  },
  {
    flag: 'train',
    kind: 'number',
    summary: 'best candidates by score to train; with a strategy, its proposals',
    fallback: `${DEFAULTS.train}; with a strategy ${DEFAULT_EVALUATIONS}`,
    places: ['train'],
  },
  {
    flag: 'epochs',
    kind: 'number',
    summary: 'epochs a training',
    fallback: String(RECIPE.epochs),
    places: ['recipe.epochs'],
  },
  {
    flag: 'retrain-epochs',
    kind: 'number',
    summary: 'epochs of a last training of the winner; 0: none',
    fallback: String(DEFAULTS.retrainEpochs),
    places: ['retrainEpochs'],
  },
  {
    flag: 'track',
    kind: 'list',
    placeholder: 'name',
    summary: `quantities to record after every epoch, by commas: ${namesOf('quantities').join(', ')}`,
    fallback: NONE,
    places: ['track'],
  },
  {
    flag: 'batch-size',
    kind: 'number',
    summary: 'images a training step',
    fallback: String(RECIPE.batchSize),
    places: ['recipe.batchSize'],
  },
  {
    flag: 'optimizer',
    kind: 'text',
    placeholder: 'name',
    summary: `one of ${OPTIMIZERS.join(', ')}`,
    fallback: RECIPE.optimizer,
    places: ['recipe.optimizer'],
  },
  {
    flag: 'learning-rate',
    kind: 'number',
    summary: 'peak learning rate',
    fallback: String(RECIPE.learningRate),
    places: ['recipe.learningRate'],
  },
  {
    flag: 'momentum',
    kind: 'number',
    summary: "momentum of sgd, or Adam's beta 1",
    fallback: String(RECIPE.momentum),
    places: ['recipe.momentum'],
  },
  {
    flag: 'nesterov',
    kind: 'switch',
    summary: "Nesterov's momentum",
    fallback: String(RECIPE.nesterov),
    places: ['recipe.nesterov'],
  },
  {
    flag: 'weight-decay',
    kind: 'number',
    summary: 'weight decay',
    fallback: String(RECIPE.weightDecay),
    places: ['recipe.weightDecay'],
  },
  {
    flag: 'schedule',
    kind: 'text',
    placeholder: 'name',
    summary: 'course of the learning rate: cosine or constant',
    fallback: RECIPE.schedule,
    places: ['recipe.schedule'],
  },
  {
    flag: 'warmup-epochs',
    kind: 'number',
    summary: 'epochs of linear warm-up from 0',
    fallback: String(RECIPE.warmupEpochs),
    places: ['recipe.warmupEpochs'],
  },
  {
    flag: 'label-smoothing',
    kind: 'number',
    summary: 'share of the label spread over all classes, 0 to 1',
    fallback: String(RECIPE.labelSmoothing),
    places: ['recipe.labelSmoothing'],
  },
  {
    flag: 'crop',
    kind: 'number',
    summary: 'padding before a random crop, pixels; 0: none',
    fallback: String(RECIPE.augmentation.crop),
    places: ['recipe.augmentation.crop'],
  },
  {
    flag: 'flip',
    kind: 'switch',
    summary: 'mirror images at random',
    fallback: String(RECIPE.augmentation.flip),
    places: ['recipe.augmentation.flip'],
  },
  {
    flag: 'cutout',
    kind: 'number',
    summary: 'side of a blanked square, pixels; 0: none',
    fallback: String(RECIPE.augmentation.cutout),
    places: ['recipe.augmentation.cutout'],
  },
];

const RUNNING: readonly Setting[] = [
  {
    flag: 'seed',
    kind: 'number',
    summary: 'seed of everything random',
    fallback: String(DEFAULTS.seed),
    places: ['seed'],
  },
  {
    flag: 'engine',
    kind: 'text',
    placeholder: 'name',
    summary:
      'kernel engine: a name of `nascent doctor`, or auto: onnxruntime, or TensorFlow where it is installed and faster',
    fallback: DEFAULTS.engine,
    places: ['engine'],
  },
  { flag: 'workers', kind: 'number', summary: 'jobs at once', fallback: 'one a core', places: ['workers'] },
  {
    flag: 'ledger',
    kind: 'text',
    placeholder: 'file',
    summary: 'the SQLite file that keeps the runs',
    fallback: DEFAULT_LEDGER,
    places: ['ledger'],
  },
  {
    flag: 'format',
    kind: 'list',
    placeholder: 'name',
    summary: 'export formats, by commas; none: no export',
    fallback: DEFAULTS.formats.join(),
    places: ['formats'],
  },
  {
    flag: 'output',
    kind: 'text',
    placeholder: 'folder',
    summary: 'folder of exported files',
    fallback: DEFAULTS.output,
    places: ['output'],
  },
];

/** In the order of help texts. */
export const SETTINGS: readonly Setting[] = [
  ...under('Candidates and scores:', SEARCHING),
  ...under('Data:', DATA),
  ...under('Training:', TRAINING),
  ...under('Run:', RUNNING),
];

function under(group: string, settings: readonly Setting[]): Setting[] {
  return settings.map((setting) => ({ ...setting, group }));
}
