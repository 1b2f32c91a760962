/**
 * The programmatic API. Importing it has no side effects and loads no native code: engines, SQLite, worker threads and the
 * renderer of pictures are loaded when they are first used.
 */
export type { ErrorCode } from './base/errors.js';
export { kendall, pearson, spearman } from './base/rank-statistics.js';
export {
  type Catalog,
  type CatalogEntries,
  type CatalogKind,
  catalog,
  type EngineFactory,
  modules,
  namesOf,
  resolve,
} from './catalog.js';
export type * from './contracts/cell-graph.js';
export type * from './contracts/dataset.js';
export type * from './contracts/drawing.js';
export type * from './contracts/exporter.js';
export type * from './contracts/job.js';
export type * from './contracts/json.js';
export type * from './contracts/kernel-backend.js';
export type * from './contracts/ledger.js';
export type * from './contracts/measures.js';
export type * from './contracts/metric.js';
export type * from './contracts/network.js';
export type * from './contracts/predictor.js';
export type * from './contracts/program.js';
export type * from './contracts/program-builder.js';
export type * from './contracts/quantity.js';
export type * from './contracts/run.js';
export type * from './contracts/sampler.js';
export type * from './contracts/search-space.js';
export type * from './contracts/study.js';
export type * from './contracts/table.js';
export type * from './contracts/training.js';
export {
  type CorrelateProgress,
  type CorrelateResult,
  correlate,
  type MetricCorrelation,
} from './correlate/correlate.js';
export type { Fusion } from './correlate/fusions.js';
export { CORRELATE_DEFAULTS, type CorrelateOptions } from './correlate/options.js';
export { correlationPictures } from './correlate/pictures.js';
export type { Correlations, RankingQuality } from './correlate/statistics.js';
export { loadData } from './data/load.js';
export type { ChartAxis, ChartFrame, ReferenceLine } from './draw/chart.js';
export { type LineChart, type LineSeries, lineChart } from './draw/chart-line.js';
export { barChart, type ChartRow, intervalChart, type RowChart } from './draw/chart-rows.js';
export { type ScatterChart, type ScatterGroup, scatterChart } from './draw/chart-scatter.js';
export { type PngOptions, svgToPng } from './draw/png.js';
export { diagonalGaussNewton, diagonalHessian, type SampledNetwork } from './kernels/samples/curvature.js';
export { type PerSampleOptions, perSampleGradients } from './kernels/samples/gradients.js';
export { type KroneckerFactors, kroneckerFactors } from './kernels/samples/kronecker.js';
export { exactColumns, gumbelNoise, sampledColumns } from './kernels/samples/loss-curvature.js';
export { sampleMean, sampleVariance, secondMoment, squaredNorms } from './kernels/samples/moments.js';
export { openLedger, openLedgerReader } from './log/open.js';
export { guidedLogits } from './network/guided-logits.js';
export { crossEntropies } from './network/loss.js';
export { FUSION_RULES, type FusionRule, logRank, vote } from './score/fusion.js';
export { DEFAULTS, type SearchSettings } from './search/configuration.js';
export type { SearchOptions } from './search/options.js';
export type { SearchResult, TrainedCandidate } from './search/result.js';
export { type SearchRun, search } from './search/search.js';
export * from './spaces/author.js';
export type { SeedRange, StudyOptions } from './study/options.js';
export { presetPictures, studyPictures } from './study/pictures.js';
export { PRESETS, type Preset, type PresetPart } from './study/presets.js';
export { type PresetOptions, type PresetResult, type PresetRow, reproduce } from './study/reproduce.js';
export type { Estimate, Interval, StrategySummary } from './study/statistics.js';
export { type StudyFound, type StudyOptimum, type StudyProgress, type StudyResult, study } from './study/study.js';
export { type ImportReport, importTable } from './tables/import.js';
export { openAnyTable, openTable } from './tables/open.js';
export type { ReadOptions } from './tables/reader.js';
export { type TrainOptions, train } from './train/train.js';
export { inlinePool } from './workers/inline-pool.js';
export { type LocalPoolOptions, localPool } from './workers/local-pool.js';
