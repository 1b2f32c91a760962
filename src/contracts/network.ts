/**
 * Networks. A layer is a function that adds its ops to a program and takes its parameters from a scope; shapes are
 * checked as it does so. Parameters, multiply-adds and the program all come from this one definition.
 */

import type { Random } from '../base/random.js';
import type { Shape, Value } from './program.js';
import type { ProgramBuilder } from './program-builder.js';

/** Fills a parameter's initial values from a seeded stream. */
export type Initializer = (shape: Shape, random: Random) => Float32Array;

/**
 * A learning rate of a tensor's own: what the global one is multiplied by, a scalar made from the tensor's gradient. Training multiplies the gradient
 * by it before the optimiser sees it, so that momentum gathers gradients of the rates that they had.
 */
export type TensorRate = (builder: ProgramBuilder, gradient: Value) => Value;

export interface ParameterOptions {
  /** Default: the global learning rate alone. */
  readonly rate?: TensorRate;
}

/** What normalisation layers use and update. */
export type NetworkMode =
  | 'train' // batch statistics, running statistics are updated
  | 'score' // batch statistics, running statistics are left alone
  | 'frozen' // batch statistics, which gradients take for constants
  | 'bare' // no normalisation at all: its layers hand on their input
  | 'evaluate'; // running statistics

export interface ParameterSpec extends ParameterOptions {
  /** Dotted path of layer names, e.g. `stage1.cell2.edge10.conv.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initialize: Initializer;
}

/** What a layer sees while it is traced. */
export interface Scope {
  readonly builder: ProgramBuilder;
  readonly mode: NetworkMode;
  /** A learned tensor of this layer. */
  parameter(name: string, shape: Shape, initialize: Initializer, options?: ParameterOptions): Value;
  /** A tensor kept beside the parameters and not learned (running statistics). */
  statistic(name: string, shape: Shape, initialize: Initializer): Value;
  /** Sets what a statistic becomes after this step (mode 'train' only). */
  updateStatistic(name: string, value: Value): void;
  /** Tells metrics of an activation function; activation layers call it once for each use. */
  noteActivation(input: Value, output: Value): void;
  /** Tells metrics of the features, [batch, C, H, W], that a block ends in: the stem, a cell, a residual block. */
  noteBlock(output: Value): void;
  /** Runs a layer inside a scope named below this one. */
  child(name: string, layer: Layer, input: Value): Value;
  /** The output of a path, [batch, ...], which training may drop for single images, at the network's `dropPath`; as it is otherwise. */
  droppable(output: Value): Value;
  /** A classifier that only training uses: a layer that ends in logits [batch, classes], in a scope of its own. */
  auxiliary(name: string, layer: Layer, input: Value): void;
}

export type Layer = (scope: Scope, input: Value) => Value;

/** An architecture made concrete: fixed input shape, number of classes and weights' shapes. */
export interface Network {
  /** [channels, height, width] of one image. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** [batch, ...inputShape] -> logits [batch, classes] */
  readonly layer: Layer;
  /** What training does beside; absent: nothing. */
  readonly training?: NetworkTraining;
}

/** What a network asks of its training. Scores, costs and exported files know nothing of it. */
export interface NetworkTraining {
  /**
   * Probability, below 1, with which each droppable path of an image is dropped towards the end of the training: it rises from 0 by a part of
   * it an epoch. What is kept is divided by one minus it (Larsson et al., ICLR 2017; Zoph et al., CVPR 2018).
   */
  readonly dropPath: number;
  /** What the losses of auxiliary classifiers count for beside that of the logits; 0: there are none. */
  readonly auxiliaryWeight: number;
  /**
   * What is minimised is the loss of logits guided through the weakest of all classifiers (`guidedLogits`), in place of the weighted sum of their
   * losses. Default false.
   */
  readonly guided?: boolean;
}

/** A named tensor with its value in a program. */
export interface TracedTensor extends ParameterSpec {
  readonly value: Value;
}

/** One use of an activation function. Uses of equal input share one output where the builder shares equal ops. */
export interface Activation {
  readonly input: Value;
  readonly output: Value;
}

/** A network that ran once on symbolic values. */
export interface TracedNetwork {
  readonly builder: ProgramBuilder;
  /** [batch, ...inputShape] */
  readonly images: Value;
  /** [batch, classes] */
  readonly logits: Value;
  /** In order of definition. */
  readonly parameters: readonly TracedTensor[];
  readonly statistics: readonly TracedTensor[];
  /** What statistics become, by name (mode 'train'). */
  readonly updates: ReadonlyMap<string, Value>;
  /** Every use of an activation function, dead branches included. */
  readonly activations: readonly Activation[];
  /** What the blocks end in, from the stem on, each [batch, C, H, W]; empty where the network does not say. */
  readonly blocks: readonly Value[];
  /** Logits of auxiliary classifiers, each [batch, classes]. */
  readonly auxiliaries: readonly Value[];
  /** Number of droppable paths that bring anything. */
  readonly droppablePaths: number;
}

/** Always shown as baselines beside any score. */
export interface Cost {
  /** Number of learned weights. */
  readonly parameters: number;
  /** Multiply-accumulates of convolutions and linear layers for one image. */
  readonly multiplyAdds: number;
}
