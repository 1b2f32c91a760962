/**
 * Training-free metrics ("scores", "proxies"): a number for an untrained network.
 *
 * A metric does not run anything: it adds what its number is made of to a program, and says how the number is read off the results.
 * All metrics of a run write into one program, where equal asks are one computation; so several scores cost little more than
 * the dearest of them. What a metric needs is declared, never asked for by name.
 */
import type { Random } from '../base/random.js';
import type { Batch } from './dataset.js';
import type { KernelBackend, Tensor } from './kernel-backend.js';
import type { Network, NetworkMode, ParameterSpec, TracedNetwork } from './network.js';
import type { Shape, Value } from './program.js';
import type { ProgramBuilder } from './program-builder.js';
import type { EquivalenceView } from './search-space.js';

/** A score, or why there is none. A failure is a value with its reason, never a number. */
export type ScoreResult = { readonly value: number } | { readonly failure: string };

/** Where the values of a network's parameters and statistics come from in a pass. Equal names mean equal values. */
export interface WeightSource {
  readonly name: string;
  value(spec: ParameterSpec, program: ScoreProgram): Value;
}

export interface PassOptions {
  /** What the network sees, [N, channels, height, width]; default: the scoring batch. */
  readonly images?: Value;
  /** Default 'score': normalisation by the statistics of what goes through. */
  readonly mode?: NetworkMode;
  /** Default: the run's initial weights. */
  readonly weights?: WeightSource;
}

/** The program that all metrics of a score share, with what they may put into it. */
export interface ScoreProgram {
  readonly builder: ProgramBuilder;
  readonly network: Network;
  /** Images in the run's scoring batch. */
  readonly batch: number;
  /** The scoring batch, the same for every candidate of a run: training images, normalised, not augmented; [batch, ...inputShape] */
  readonly images: Value;
  /** Their classes, int32 [batch]. */
  readonly labels: Value;
  /** The network once through; equal asks give the same pass. */
  pass(options?: PassOptions): TracedNetwork;
  /**
   * A parameter's or statistic's initial values: the same for every candidate of a run that has one of that name and shape.
   * @param draw number of another, independent initialisation; default 0, the run's own
   */
  initial(spec: ParameterSpec, draw?: number): Value;
  /** Independent standard normal numbers, the same for every candidate of a run. @param name of their stream */
  normal(name: string, shape: Shape): Value;
}

/** What a metric adds to the program. */
export interface ScoreReading {
  /** Values whose numbers the score is made of; may be none. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** The score, from the numbers of each output. */
  score(results: Readonly<Record<string, Tensor>>): ScoreResult;
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
  /** Architectures that are the same under this view get one score; 'genotype': only what is written the same. */
  readonly sees: EquivalenceView | 'genotype';
  /** What it throws (a NascentError) becomes this metric's failure; the other metrics of the program go on. */
  write(program: ScoreProgram): ScoreReading;
}

/** One network to score, and with what. */
export interface ScoreContext {
  readonly network: Network;
  /** The run's scoring batch. */
  readonly batch: Batch;
  readonly engine: KernelBackend;
  /** Stream of the metrics' own draws, the same for every candidate. */
  readonly random: Random;
  /**
   * A parameter's or statistic's initial values, of the run's initialisation (0) or of another: the same for every candidate of a run
   * that has one of that name and shape. The array may be shared and must not be changed.
   */
  readonly initialize: (spec: ParameterSpec, draw: number) => Float32Array;
  /** Threads for one score. */
  readonly threads: number;
}
