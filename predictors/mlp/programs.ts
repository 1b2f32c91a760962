/** The two programs of a multilayer perceptron: some steps of training, and its predictions of a chunk of rows. */
import type { Program, Value } from '../../src/contracts/program.js';
import type { ProgramBuilder } from '../../src/contracts/program-builder.js';
import { differentiate } from '../../src/kernels/gradients.js';
import { programBuilder } from '../../src/kernels/program.js';
import { adam, adamSlots } from '../../src/optimise/adam.js';

/** A tensor that is learned. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** Glorot's bound √(6 / (inputs + outputs)) of the layer that it is in. */
  readonly bound: number;
}

/** Weights [inputs, outputs] and offsets [outputs] of every layer, the last with one output. */
export function parameterShapes(inputs: number, widths: readonly number[]): ParameterShape[] {
  const sizes = [inputs, ...widths, 1];
  return sizes.slice(1).flatMap((outputs, layer) => {
    const bound = Math.sqrt(6 / (sizes[layer] + outputs));
    return [
      { name: `weights${layer}`, shape: [sizes[layer], outputs], bound },
      { name: `offsets${layer}`, shape: [outputs], bound },
    ];
  });
}

/** x [rows, inputs] -> [rows, 1], ReLU between the layers. */
function forward(b: ProgramBuilder, x: Value, parameters: readonly Value[]): Value {
  let y = x;
  for (let i = 0; i < parameters.length; i += 2) {
    if (i > 0) y = b.op('relu', [y], {});
    const product = b.op('matmul', [y, parameters[i]], { transposeA: false, transposeB: false });
    y = b.op('add', [product, parameters[i + 1]], {});
  }
  return y;
}

/** Names of Adam's two sums of a parameter. */
export function sumNames(name: string): string[] {
  return adamSlots.map((slot) => `${name}:${slot}`);
}

/** Names of what step `i` of a program takes and gives. */
export function stepNames(i: number) {
  return {
    features: `features${i}`,
    labels: `labels${i}`,
    loss: `loss${i}`,
  } as const;
}

/**
 * `steps` steps of Adam, one after the other, each on the mean squared error of a batch of its own.
 * Inputs: of each step features [rows, inputs] and labels [rows, 1]; learningRate []; step [], the number of the first, from 1; each
 * parameter and its two sums.
 * Outputs: of each step loss [], its mean squared error before it; the parameters and sums after the last step, under the same names.
 */
export function trainingProgram(
  shapes: readonly ParameterShape[],
  { rows, steps, weightDecay }: { readonly rows: number; readonly steps: number; readonly weightDecay: number },
): Program {
  const b = programBuilder();
  const first = b.input('step', []);
  const learningRate = b.input('learningRate', []);
  const state = new Map<string, Value>();
  for (const { name, shape } of shapes) {
    for (const slot of [name, ...sumNames(name)]) state.set(slot, b.input(slot, shape));
  }
  const losses: Record<string, Value> = {};
  for (let i = 0; i < steps; i++) {
    const names = stepNames(i);
    const features = b.input(names.features, [rows, shapes[0].shape[0]]);
    const labels = b.input(names.labels, [rows, 1]);
    const step = b.op('add', [first, b.scalar(i)], {});
    losses[names.loss] = trainingStep(b, shapes, state, { rows, features, labels, learningRate, step, weightDecay });
  }
  return b.finish({ ...Object.fromEntries(state), ...losses });
}

interface StepInputs {
  readonly rows: number;
  readonly features: Value;
  readonly labels: Value;
  readonly learningRate: Value;
  readonly step: Value;
  readonly weightDecay: number;
}

/** Replaces parameters and sums in `state` by what they are after one step. @returns the loss before it */
function trainingStep(
  b: ProgramBuilder,
  shapes: readonly ParameterShape[],
  state: Map<string, Value>,
  { rows, features, labels, learningRate, step, weightDecay }: StepInputs,
): Value {
  const held = (name: string) => state.get(name) as Value;
  const parameters = shapes.map(({ name }) => held(name));
  const error = b.op('subtract', [forward(b, features, parameters), labels], {});
  const squares = b.op('sum', [b.op('multiply', [error, error], {})], { axes: [0, 1], keepAxes: false });
  const loss = b.op('multiply', [squares, b.scalar(1 / rows)], {});
  const gradients = differentiate(b, loss, parameters);
  shapes.forEach(({ name, shape }, i) => {
    // As in scikit-learn, offsets do not decay.
    const optimizer = adam({ weightDecay: shape.length === 2 ? weightDecay : 0 });
    const sums = sumNames(name);
    const vectors = { parameters: parameters[i], gradient: gradients[i], state: sums.map(held) };
    const inputs = { ...vectors, learningRate, step, tensors: [] };
    const updated = optimizer.update(b, inputs);
    state.set(name, updated.parameters);
    sums.forEach((sum, slot) => {
      state.set(sum, updated.state[slot]);
    });
  });
  return loss;
}

/** Inputs: features [rows, inputs] and the parameters. Output: predictions [rows, 1]. */
export function predictProgram(shapes: readonly ParameterShape[], rows: number): Program {
  const b = programBuilder();
  const parameters = shapes.map(({ name, shape }) => b.input(name, shape));
  return b.finish({ predictions: forward(b, b.input('features', [rows, shapes[0].shape[0]]), parameters) });
}
