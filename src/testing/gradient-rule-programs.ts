/** From a layer to a program of its output and gradients, and the tensors to run it on. */
import { random } from '../base/random.js';
import type { KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { Layer, NetworkMode } from '../contracts/network.js';
import type { Program } from '../contracts/program.js';
import { differentiate } from '../kernels/gradients.js';
import { programBuilder } from '../kernels/program.js';
import { traceLayer } from '../network/trace.js';
import { gradientErrors } from './kernel-backend-gradients.js';
import type { CaseInput } from './kernel-backend-inputs.js';
import { runOnce, type Tensors, weighted } from './kernel-backend-programs.js';

/** A layer, and how its tensors are drawn. */
export interface LayerCase {
  readonly name: string;
  readonly layer: Layer;
  readonly input: CaseInput;
  readonly mode: NetworkMode;
  /** Parameters and statistics that are drawn otherwise than as they begin. */
  readonly tensors: Readonly<Record<string, CaseInput>>;
}

/** A layer's tensors: its input, its parameters and statistics by name, and the gradient of its output. */
export interface GivenTensors {
  readonly x: Tensor;
  readonly tensors: Tensors;
  readonly dy: Tensor;
}

/** Drawn from streams that the case's name and theirs name. */
export function givenTensors({ name, layer, input, mode, tensors }: LayerCase): GivenTensors {
  const builder = programBuilder();
  const x = builder.input('x', input.shape, input.dtype);
  const { output, parameters, statistics } = traceLayer(layer, x, { builder, mode });
  const stream = random(name);
  const entries = [...parameters, ...statistics].map((spec) => {
    const own = stream.child('tensor', spec.name);
    const data = tensors[spec.name]?.draw(own) ?? spec.initialize(spec.shape, own);
    return [spec.name, { dtype: 'float32', shape: spec.shape, data }] as const;
  });
  const dy = stream.child('dy');
  const shape = builder.shape(output);
  const count = shape.reduce((product, length) => product * length, 1);
  return {
    x: { dtype: input.dtype, shape: input.shape, data: input.draw(stream.child('x')) },
    tensors: Object.fromEntries(entries),
    dy: { dtype: 'float32', shape, data: Float32Array.from({ length: count }, () => dy.normal()) },
  };
}

const tensorName = (name: string) => `tensor ${name}`;

/** The name that a parameter's gradient has among the results. */
export const gradientName = (parameter: string) => `gradient of ${parameter}`;

/** Inputs: x, dy, and the tensors. Outputs: y, dx where x is of floats, and the gradient of each parameter. */
function layerProgram({ layer, input, mode }: LayerCase): Program {
  const builder = programBuilder();
  const x = builder.input('x', input.shape, input.dtype);
  const tensor = ({ name, shape }: { name: string; shape: readonly number[] }) =>
    builder.input(tensorName(name), shape);
  const { output, parameters } = traceLayer(layer, x, { builder, mode, tensor });
  const dy = builder.input('dy', builder.shape(output));
  const wanted = parameters.map(({ name, value }) => [gradientName(name), value] as const);
  if (input.dtype === 'float32') wanted.push(['dx', x]);
  const gradients = differentiate(
    builder,
    output,
    wanted.map(([, value]) => value),
    dy,
  );
  const named = wanted.map(([name], i) => [name, gradients[i]] as const);
  return builder.finish({ y: output, ...Object.fromEntries(named) });
}

/** y, dx and the gradients of the parameters, on an engine. */
export function layerGradients(engine: KernelBackend, subject: LayerCase, given: GivenTensors): Promise<Tensors> {
  const named = Object.entries(given.tensors).map(([name, tensor]) => [tensorName(name), tensor] as const);
  return runOnce(engine, {
    program: layerProgram(subject),
    inputs: { x: given.x, dy: given.dy, ...Object.fromEntries(named) },
  });
}

/** For x, where it is of floats, each tensor and dy: how far the gradient of Σ y · dy is from central differences. */
export function layerGradientErrors({ layer, mode }: LayerCase, given: GivenTensors): Promise<number[]> {
  const names = Object.keys(given.tensors);
  const inputs = [given.x, ...Object.values(given.tensors), given.dy].map((tensor) => ({
    ...tensor,
    draw: () => tensor.data,
  }));
  return gradientErrors((builder, [x, ...others]) => {
    const tensor = ({ name }: { name: string }) => others[names.indexOf(name)];
    const { output } = traceLayer(layer, x, { builder, mode, tensor });
    return weighted(builder, output, others[names.length]);
  }, inputs);
}
