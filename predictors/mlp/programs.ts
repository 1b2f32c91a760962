/** The two programs of a multilayer perceptron: one step of training, and its predictions of a chunk of rows. */
import type { Program, Value } from '../../src/contracts/program.js';
import type { ProgramBuilder } from '../../src/contracts/program-builder.js';
import { differentiate } from '../../src/kernels/gradients.js';
import { programBuilder } from '../../src/kernels/program.js';
import { adam } from '../../src/optimise/adam.js';

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

/** Names of Adam's two moments of a parameter. */
export function momentNames(name: string): string[] {
  return adam().slots.map((slot) => `${name}:${slot}`);
}

/**
 * One step of Adam on the mean squared error of a batch.
 * Inputs: features [rows, inputs], labels [rows, 1], learningRate [], step []; each parameter and its two moments.
 * Outputs: the parameters and moments after the step, under the same names.
 */
export function stepProgram(shapes: readonly ParameterShape[], rows: number, weightDecay: number): Program {
  const b = programBuilder();
  const parameters = shapes.map(({ name, shape }) => b.input(name, shape));
  const features = b.input('features', [rows, shapes[0].shape[0]]);
  const error = b.op('subtract', [forward(b, features, parameters), b.input('labels', [rows, 1])], {});
  const squares = b.op('sum', [b.op('multiply', [error, error], {})], { axes: [0, 1], keepAxes: false });
  const gradients = differentiate(b, b.op('multiply', [squares, b.scalar(1 / rows)], {}), parameters);
  const [learningRate, step] = [b.input('learningRate', []), b.input('step', [])];
  const outputs: Record<string, Value> = {};
  shapes.forEach(({ name, shape }, i) => {
    // As in scikit-learn, offsets do not decay.
    const optimizer = adam({ weightDecay: shape.length === 2 ? weightDecay : 0 });
    const moments = momentNames(name);
    const state = moments.map((moment) => b.input(moment, shape));
    const gradient = gradients[i];
    const updated = optimizer.update(b, { parameters: parameters[i], gradient, state, learningRate, step });
    outputs[name] = updated.parameters;
    moments.forEach((moment, slot) => {
      outputs[moment] = updated.state[slot];
    });
  });
  return b.finish(outputs);
}

/** Inputs: features [rows, inputs] and the parameters. Output: predictions [rows, 1]. */
export function predictProgram(shapes: readonly ParameterShape[], rows: number): Program {
  const b = programBuilder();
  const parameters = shapes.map(({ name, shape }) => b.input(name, shape));
  return b.finish({ predictions: forward(b, b.input('features', [rows, shapes[0].shape[0]]), parameters) });
}
