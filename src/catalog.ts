/**
 * The catalogue: the one file that names everything shipped, one line an entry, imported when it is asked for.
 *
 * Configurations, jobs and the ledger hold these names. Entries may be added while a program runs
 * (`catalog.metrics.mine = async () => myMetric`); worker threads do not see those, so such objects run on `inlinePool()`.
 */
import { resolve as resolvePath } from 'node:path';
import mapValues from 'lodash/mapValues.js';
import { unknownName } from './base/names.js';
import type { Exporter } from './contracts/exporter.js';
import type { KernelBackend } from './contracts/kernel-backend.js';
import type { Metric } from './contracts/metric.js';
import type { PredictorFactory } from './contracts/predictor.js';
import type { Quantity } from './contracts/quantity.js';
import type { SamplerFactory } from './contracts/sampler.js';
import type { SearchSpaceFactory } from './contracts/search-space.js';
import type { TrainingRecipe } from './contracts/training.js';

/** Makes an engine, or throws a NascentError of code 'engine' where this machine does not have it. */
export type EngineFactory = () => Promise<KernelBackend>;

/** What each table of the catalogue holds. */
export interface CatalogEntries {
  readonly spaces: SearchSpaceFactory;
  readonly samplers: SamplerFactory;
  readonly metrics: Metric;
  readonly predictors: PredictorFactory;
  readonly recipes: TrainingRecipe;
  readonly quantities: Quantity;
  readonly engines: EngineFactory;
  readonly exporters: Exporter;
}

export type CatalogKind = keyof CatalogEntries;

export type Catalog = { readonly [K in CatalogKind]: Record<string, () => Promise<CatalogEntries[K]>> };

const quantities = async () => (await import('./train/quantities.js')).quantities;
const onnxruntime = () => import('./kernels/onnxruntime/index.js');

export const catalog: Catalog = {
  spaces: {
    'nas-bench-101': async () => (await import('../search-spaces/nas-bench-101/index.js')).nasBench101,
    'nas-bench-201': async () => (await import('../search-spaces/nas-bench-201/index.js')).nasBench201,
    'nats-bench-size': async () => (await import('../search-spaces/nats-bench-size/index.js')).natsBenchSize,
    darts: async () => (await import('../search-spaces/darts/index.js')).darts,
    enas: async () => (await import('../search-spaces/enas/index.js')).enas,
    nasnet: async () => (await import('../search-spaces/nasnet/index.js')).nasnet,
    amoebanet: async () => (await import('../search-spaces/amoebanet/index.js')).amoebanet,
    pnas: async () => (await import('../search-spaces/pnas/index.js')).pnas,
    resnet: async () => (await import('../search-spaces/resnet/index.js')).resnet,
    resnext: async () => (await import('../search-spaces/resnext/index.js')).resnext,
    'transnas-bench-101-micro': async () =>
      (await import('../search-spaces/transnas-bench-101-micro/index.js')).transNasBench101Micro,
    'transnas-bench-101-macro': async () =>
      (await import('../search-spaces/transnas-bench-101-macro/index.js')).transNasBench101Macro,
    'mobilenet-v3': async () => (await import('../search-spaces/mobilenet-v3/index.js')).mobileNetV3,
  },
  samplers: {
    random: async () => (await import('./sample/random.js')).randomSampler,
    given: async () => (await import('./sample/given.js')).givenSampler,
    evolution: async () => (await import('./sample/evolution.js')).evolutionSampler,
    area: async () => (await import('./sample/area.js')).areaSampler,
    'local-search': async () => (await import('./sample/local-search.js')).localSearchSampler,
    'top-scored': async () => (await import('./sample/top-scored.js')).topScoredSampler,
    weaknas: async () => (await import('./predict/weaknas.js')).weakNasSampler,
    nascent: async () => (await import('./predict/nascent.js')).nascentSampler,
  },
  metrics: {
    naswot: async () => (await import('./score/naswot.js')).naswot,
    'naswot-live': async () => (await import('./score/naswot.js')).naswotLive,
    nascent: async () => (await import('./score/nascent.js')).nascentScore,
    swap: async () => (await import('./score/swap.js')).swap,
    'swap-regularized': async () => (await import('./score/swap.js')).swapRegularized,
    'linear-regions': async () => (await import('./score/linear-regions.js')).linearRegions,
    'jacobian-covariance': async () => (await import('./score/jacobian-covariance.js')).jacobianCovariance,
    'gradient-norm': async () => (await import('./score/gradient-norm.js')).gradientNorm,
    snip: async () => (await import('./score/snip.js')).snip,
    plain: async () => (await import('./score/plain.js')).plain,
    grasp: async () => (await import('./score/grasp.js')).grasp,
    fisher: async () => (await import('./score/fisher.js')).fisher,
    synflow: async () => (await import('./score/synflow.js')).synflow,
    zico: async () => (await import('./score/zico.js')).zico,
    zen: async () => (await import('./score/zen.js')).zen,
    'az-expressivity': async () => (await import('./score/az-expressivity.js')).azExpressivity,
    'az-progressivity': async () => (await import('./score/az-progressivity.js')).azProgressivity,
    'az-trainability': async () => (await import('./score/az-trainability.js')).azTrainability,
    vkdnw: async () => (await import('./score/vkdnw.js')).vkdnw,
    'vkdnw-entropy': async () => (await import('./score/vkdnw.js')).vkdnwEntropy,
    ntk: async () => (await import('./score/ntk.js')).ntk,
    'epe-nas': async () => (await import('./score/epe-nas.js')).epeNas,
    parameters: async () => (await import('./score/baselines.js')).parameters,
    'multiply-adds': async () => (await import('./score/baselines.js')).multiplyAdds,
    'trainable-layers': async () => (await import('./score/baselines.js')).trainableLayers,
    'weight-norm': async () => (await import('./score/baselines.js')).weightNorm,
  },
  predictors: {
    ridge: async () => (await import('../predictors/ridge.js')).ridge,
    mlp: async () => (await import('../predictors/mlp/index.js')).mlp,
    'random-forest': async () => (await import('../predictors/random-forest.js')).randomForest,
    'gradient-boosting': async () => (await import('../predictors/gradient-boosting.js')).gradientBoosting,
    'gaussian-process': async () => (await import('../predictors/gaussian-process/index.js')).gaussianProcess,
    ensemble: async () => (await import('../predictors/ensemble.js')).ensemble,
  },
  recipes: {
    short: async () => (await import('./train/recipes.js')).recipes.short,
    'nas-bench-201': async () => (await import('./train/recipes.js')).recipes['nas-bench-201'],
  },
  quantities: {
    'gradient-norm': async () => (await quantities())['gradient-norm'],
    'sample-gradient-norm': async () => (await quantities())['sample-gradient-norm'],
    'gradient-second-moment': async () => (await quantities())['gradient-second-moment'],
    'gradient-variance': async () => (await quantities())['gradient-variance'],
    'gauss-newton-trace': async () => (await quantities())['gauss-newton-trace'],
    'hessian-trace': async () => (await quantities())['hessian-trace'],
  },
  engines: {
    onnxruntime: async () => (await onnxruntime()).onnxruntimeBackend,
    'onnxruntime-webgpu': async () => async () => (await onnxruntime()).onnxruntimeBackend({ provider: 'webgpu' }),
    'onnxruntime-cuda': async () => async () => (await onnxruntime()).onnxruntimeBackend({ provider: 'cuda' }),
    tensorflow: async () => (await import('./kernels/tensorflow/index.js')).tensorflowBackend,
    reference: async () => async () => (await import('./kernels/reference/index.js')).referenceBackend(),
  },
  exporters: {
    onnx: async () => (await import('./export/onnx.js')).onnxExporter,
    json: async () => (await import('./export/genotype.js')).genotypeExporter,
  },
};

/** What is used by name-free code above the stages: one of each, so there is nothing to choose. */
export const modules = {
  data: () => import('./data/load.js'),
  batches: () => import('./data/batches.js'),
  network: () => import('./network/trace.js'),
  scores: () => import('./score/compute.js'),
  fusion: () => import('./score/fusion.js'),
  speed: () => import('./kernels/speed.js'),
  spaceFiles: () => import('./spaces/file.js'),
  bounds: () => import('./spaces/restricted.js'),
  measureFiles: () => import('./tables/measure-files.js'),
  train: () => import('./train/train.js'),
  weights: () => import('./network/weights.js'),
} as const;

/** One of each kind, as sentences call it. */
const SINGULAR: Readonly<Record<CatalogKind, string>> = {
  spaces: 'search space',
  samplers: 'sampler',
  metrics: 'metric',
  predictors: 'predictor',
  recipes: 'recipe',
  quantities: 'quantity',
  engines: 'engine',
  exporters: 'export format',
};

/** The entries before a program added any. */
const shipped = mapValues(catalog, (entries) => ({ ...entries })) as Catalog;

/** Whether the entry of this name is the one that ships, and not one that a program put there. */
export function isShipped(kind: CatalogKind, name: string): boolean {
  return Object.hasOwn(shipped[kind], name) && shipped[kind][name] === catalog[kind][name];
}

/** The names of one kind, in the catalogue's order. */
export function namesOf(kind: CatalogKind): string[] {
  return Object.keys(catalog[kind]);
}

/**
 * The entry of this name. A space may also be a file of one's own, by its path (absolute, or from the working directory).
 * @throws NascentError `usage` that offers the nearest name, where there is none.
 */
export async function resolve<K extends CatalogKind>(kind: K, name: string): Promise<CatalogEntries[K]> {
  const entries: Catalog[K] = catalog[kind];
  if (kind === 'spaces' && isPath(name)) return (await spaceOfFile(name)) as CatalogEntries[K];
  if (!Object.hasOwn(entries, name)) throw unknownName(`the ${SINGULAR[kind]}`, name, namesOf(kind));
  return entries[name]();
}

/** Whether the name of a space is that of a file: it has a slash, or the ending of program text. */
export function isPath(name: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(name);
}

async function spaceOfFile(path: string): Promise<SearchSpaceFactory> {
  return (await modules.spaceFiles()).loadSpaceFile(resolvePath(path));
}
