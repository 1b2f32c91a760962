/**
 * Training-free metrics ("scores", "proxies"): a number for an untrained network.
 * What a metric needs is declared, never asked for by name.
 */
import type { Random } from '../base/random.js';
import type { Batch } from './dataset.js';
import type { KernelBackend } from './kernel-backend.js';
import type { Network, ParameterSpec } from './network.js';
import type { EquivalenceView } from './search-space.js';

/** A score, or why there is none. A failure is a value with its reason, never a number. */
export type ScoreResult = { readonly value: number } | { readonly failure: string };

export interface MetricContext {
  readonly network: Network;
  /** The run's scoring batch, the same for every candidate: training images, normalised, not augmented. */
  readonly batch: Batch;
  readonly engine: KernelBackend;
  /** Stream of this metric's own draws, the same for every candidate. */
  readonly random: Random;
  /**
   * A parameter's or statistic's initial values: the same for every candidate of a run that has one of that name and shape. The array
   * may be shared and must not be changed.
   */
  readonly initialize: (spec: ParameterSpec) => Float32Array;
  /** Threads for one score. */
  readonly threads: number;
}

export interface Metric {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Paper, with section or equation. */
  readonly source: string;
  readonly higherIsBetter: boolean;
  readonly needsData: boolean;
  readonly needsLabels: boolean;
  readonly needsGradients: boolean;
  /** Architectures that are the same under this view get one score. */
  readonly sees: EquivalenceView;
  score(context: MetricContext): Promise<ScoreResult>;
}
