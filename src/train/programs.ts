/** The two programs of a training: one step, and the logits of a batch. */

import type { Network, ParameterSpec } from '../contracts/network.js';
import type { Program, Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { TrainingRecipe } from '../contracts/training.js';
import { programBuilder } from '../kernels/program.js';
import { guidedLogits } from '../network/guided-logits.js';
import { crossEntropy } from '../network/loss.js';
import { type TraceOptions, traceNetwork } from '../network/trace.js';
import { adam } from '../optimise/adam.js';
import { lamb } from '../optimise/lamb.js';
import { lars } from '../optimise/lars.js';
import type { Optimizer } from '../optimise/optimizer.js';
import { proxProp } from '../optimise/prox-prop.js';
import { sgd } from '../optimise/sgd.js';
import { type FlatLayout, flatLayout, readFlat, tensorPlaces, writeFlat } from './flat-parameters.js';
import { directions } from './gradients.js';

/** What is learned, what is tracked, and where each tensor lies. */
export interface TrainingLayout {
  readonly parameters: FlatLayout;
  readonly statistics: FlatLayout;
  /** Paths that a step may drop. */
  readonly paths: number;
}

export function trainingLayout(network: Network): TrainingLayout {
  const { dropPath = 0 } = network.training ?? {};
  const traced = traceNetwork(network, { batch: 1, mode: 'evaluate', auxiliary: wantsAuxiliaries(network) });
  return {
    parameters: flatLayout(traced.parameters),
    statistics: flatLayout(traced.statistics),
    paths: dropPath > 0 ? traced.droppablePaths : 0,
  };
}

function wantsAuxiliaries({ training }: Network): boolean {
  return training !== undefined && (training.auxiliaryWeight > 0 || training.guided === true);
}

const optimizers: { readonly [O in TrainingRecipe['optimizer']]: (recipe: TrainingRecipe) => Optimizer } = {
  sgd,
  adam: ({ momentum, weightDecay }) => adam({ beta1: momentum, weightDecay }),
  adamw: ({ momentum, weightDecay }) => adam({ beta1: momentum, weightDecay, decoupled: true }),
  lars,
  lamb: ({ momentum, weightDecay }) => lamb({ beta1: momentum, weightDecay }),
  proxprop: proxProp,
};

export function optimizerOf(recipe: TrainingRecipe): Optimizer {
  return optimizers[recipe.optimizer](recipe);
}

/**
 * One step of training.
 * Inputs: images [B, C, H, W], labels int32 [B], parameters [P], statistics [S], the optimiser's slots [P], learningRate [], step []; where
 * paths may be dropped, keep [paths, B], what each is multiplied by.
 * Outputs: parameters, statistics and slots after the step; loss [] (mean cross-entropy, nats) and correct [] before it. What
 * is minimised is the loss and, with their weight, those of auxiliary classifiers; or that of guided logits.
 */
export function stepProgram(network: Network, layout: TrainingLayout, recipe: TrainingRecipe): Program {
  const b = programBuilder();
  const flat = flatInputs(b, layout);
  const traced = traceFlat(network, b, flat, layout, {
    batch: recipe.batchSize,
    mode: 'train',
    auxiliary: wantsAuxiliaries(network),
    keep: layout.paths > 0 ? keptPaths(b, [layout.paths, recipe.batchSize]) : undefined,
  });
  const labels = b.input('labels', [recipe.batchSize], 'int32');
  const lossOf = (logits: Value) => crossEntropy(b, logits, labels, recipe.labelSmoothing);
  const loss = lossOf(traced.logits);
  const { auxiliaryWeight = 0, guided = false } = network.training ?? {};
  const minimised = guided
    ? lossOf(guidedLogits(b, [traced.logits, ...traced.auxiliaries], labels))
    : traced.auxiliaries.reduce((total, logits) => {
        return b.op('add', [total, b.op('multiply', [lossOf(logits), b.scalar(auxiliaryWeight)], {})], {});
      }, loss);
  const optimizer = optimizerOf(recipe);
  const byName = directions(b, minimised, traced.parameters, optimizer);
  const state = optimizer.slots.map((slot) => b.input(slot, [layout.parameters.length]));
  const updated = optimizer.update(b, {
    parameters: flat.parameters,
    gradient: writeFlat(b, layout.parameters, (name) => byName.get(name)),
    state,
    learningRate: b.input('learningRate', []),
    step: b.input('step', []),
    tensors: tensorPlaces(layout.parameters),
  });
  return b.finish({
    parameters: updated.parameters,
    statistics: writeFlat(
      b,
      layout.statistics,
      (name) => traced.updates.get(name) ?? readFlat(b, flat.statistics, layout.statistics, name),
    ),
    ...Object.fromEntries(optimizer.slots.map((slot, i) => [slot, updated.state[i]])),
    loss,
    correct: correctCount(b, traced.logits, labels),
  });
}

/** Inputs: images [batch, C, H, W], parameters [P], statistics [S]. Output: logits [batch, classes] with running statistics. */
export function logitsProgram(network: Network, layout: TrainingLayout, batch: number): Program {
  const b = programBuilder();
  const { logits } = traceFlat(network, b, flatInputs(b, layout), layout, { batch, mode: 'evaluate' });
  return b.finish({ logits });
}

interface FlatInputs {
  readonly parameters: Value;
  readonly statistics: Value;
}

/** The program's inputs `parameters` and `statistics`. */
export function flatInputs(b: ProgramBuilder, layout: TrainingLayout): FlatInputs {
  return {
    parameters: b.input('parameters', [layout.parameters.length]),
    statistics: b.input('statistics', [layout.statistics.length]),
  };
}

/** Traces a network whose tensors are read out of the flat inputs. */
export function traceFlat(
  network: Network,
  builder: ProgramBuilder,
  flat: FlatInputs,
  layout: TrainingLayout,
  options: Omit<TraceOptions, 'builder' | 'tensor'>,
) {
  const tensor = ({ name }: ParameterSpec) =>
    layout.parameters.places.has(name)
      ? readFlat(builder, flat.parameters, layout.parameters, name)
      : readFlat(builder, flat.statistics, layout.statistics, name);
  return traceNetwork(network, { ...options, builder, tensor });
}

/** Row by row of the input `keep`. */
function keptPaths(b: ProgramBuilder, shape: readonly [number, number]): (path: number) => Value {
  const keep = b.input('keep', shape);
  return (path) => {
    const row = b.op('slice', [keep], { start: [path, 0], size: [1, shape[1]] });
    return b.op('reshape', [row], { shape: [shape[1]] });
  };
}

function correctCount(b: ProgramBuilder, logits: Value, labels: Value): Value {
  const hits = b.op('equal', [b.op('argMax', [logits], {}), labels], {});
  return b.op('sum', [hits], { axes: [0], keepAxes: false });
}
