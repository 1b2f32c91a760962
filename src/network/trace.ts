/** Tracing: a network runs once on symbolic values; its program, parameters and cost come out. */
import { NascentError } from '../base/errors.js';
import type {
  Activation,
  Cost,
  Layer,
  Network,
  NetworkMode,
  ParameterSpec,
  Scope,
  TracedNetwork,
  TracedTensor,
} from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { programBuilder } from '../kernels/program.js';
import { formatShape, sizeOf } from '../kernels/shapes.js';

export interface TraceOptions {
  readonly batch: number;
  readonly mode: NetworkMode;
  /** What goes in, [batch, ...inputShape]; default: a program input of that name and shape. */
  readonly images?: Value;
  /** Where ops are added; default a new program. */
  readonly builder?: ProgramBuilder;
  /** Makes a parameter's or statistic's value; default: a program input of its name. */
  readonly tensor?: (spec: ParameterSpec, builder: ProgramBuilder) => Value;
  /** Auxiliary classifiers are traced too, with their parameters. Default false: only training has them. */
  readonly auxiliary?: boolean;
  /** Makes what a droppable path's output is multiplied by, [batch], from the path's number; default: nothing is dropped. */
  readonly keep?: (path: number, builder: ProgramBuilder) => Value;
}

/** The same for a layer alone, whose input comes with its batch. */
export type LayerTraceOptions = Omit<TraceOptions, 'batch' | 'images'> & { readonly builder: ProgramBuilder };

/** What a layer made of its input, and what its scopes noted. */
export type TracedLayer = Omit<TracedNetwork, 'builder' | 'images' | 'logits'> & { readonly output: Value };

/** What scopes note while a network runs. */
interface Notes {
  readonly parameters: Map<string, TracedTensor>;
  readonly statistics: Map<string, TracedTensor>;
  readonly updates: Map<string, Value>;
  readonly activations: Activation[];
  readonly blocks: Value[];
  readonly auxiliaries: Value[];
  droppablePaths: number;
}

export function traceNetwork(network: Network, options: TraceOptions): TracedNetwork {
  const { batch, builder = programBuilder() } = options;
  const images = options.images ?? builder.input('images', [batch, ...network.inputShape]);
  const { output: logits, ...traced } = traceLayer(network.layer, images, { ...options, builder });
  for (const value of [logits, ...traced.auxiliaries]) requireLogits(builder, value, [batch, network.classes]);
  return { builder, images, logits, ...traced };
}

/** One layer on a value of any shape; `builder` is the value's. */
export function traceLayer(layer: Layer, input: Value, options: LayerTraceOptions): TracedLayer {
  const notes: Notes = {
    parameters: new Map(),
    statistics: new Map(),
    updates: new Map(),
    activations: [],
    blocks: [],
    auxiliaries: [],
    droppablePaths: 0,
  };
  const output = layerRunner(notes, options)('', layer, input);
  const { parameters, statistics, ...others } = notes;
  return { output, parameters: [...parameters.values()], statistics: [...statistics.values()], ...others };
}

type RunLayer = (path: string, layer: Layer, input: Value) => Value;

/** Runs layers in scopes that know their path and take notes. */
function layerRunner(notes: Notes, options: LayerTraceOptions): RunLayer {
  const { builder, mode, auxiliary = false, keep } = options;
  const run: RunLayer = (path, layer, input) => builder.labelled(path, () => layer(scopeOf(path), input));
  const scopeOf = (path: string): Scope => {
    const nameOf = (name: string) => (path === '' ? name : `${path}.${name}`);
    const define = (kind: Map<string, TracedTensor>): Scope['parameter'] => {
      return (name, shape, initialize, own) =>
        defined(notes, kind, { name: nameOf(name), shape, initialize, ...own }, options);
    };
    return {
      builder,
      mode,
      parameter: define(notes.parameters),
      statistic: define(notes.statistics),
      updateStatistic: (name, value) => void notes.updates.set(nameOf(name), value),
      noteActivation: (input, output) => void notes.activations.push({ input, output }),
      noteBlock: (output) => void notes.blocks.push(output),
      child: (name, layer, input) => run(nameOf(name), layer, input),
      droppable: (output) => {
        if (builder.isZero(output)) return output;
        const path = notes.droppablePaths++;
        return keep ? timesFactors(builder, output, keep(path, builder)) : output;
      },
      auxiliary: (name, layer, input) => {
        if (auxiliary) notes.auxiliaries.push(run(nameOf(name), layer, input));
      },
    };
  };
  return run;
}

/** The value of a new tensor, which is noted among those of its kind. */
function defined(
  { parameters, statistics }: Notes,
  kind: Map<string, TracedTensor>,
  spec: ParameterSpec,
  { builder, tensor }: LayerTraceOptions,
): Value {
  if (parameters.has(spec.name) || statistics.has(spec.name)) {
    throw new NascentError('shape', `Expected names of parameters to differ, got ${JSON.stringify(spec.name)} twice.`);
  }
  const value = tensor ? tensor(spec, builder) : builder.input(spec.name, spec.shape);
  kind.set(spec.name, { ...spec, value });
  return value;
}

/** [N, ...] times [N] */
function timesFactors(b: ProgramBuilder, x: Value, factors: Value): Value {
  const shape = b.shape(x).map((length, axis) => (axis === 0 ? length : 1));
  return b.op('multiply', [x, b.op('reshape', [factors], { shape })], {});
}

function requireLogits(builder: ProgramBuilder, logits: Value, shape: readonly number[]): void {
  const got = builder.shape(logits);
  if (got.length === 2 && got.every((n, i) => n === shape[i])) return;
  throw new NascentError(
    'shape',
    `Expected a network to end in logits of shape ${formatShape(shape)}, got ${formatShape(got)}.`,
  );
}

/** Parameters and multiply-adds of one image. Every parameter counts, also of branches that no output needs, as published tables do. */
export function networkCost(network: Network): Cost {
  const traced = traceNetwork(network, { batch: 1, mode: 'evaluate', builder: programBuilder({ fold: false }) });
  const parameters = traced.parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
  let multiplyAdds = 0;
  for (let value = 0; value < traced.builder.size; value++) multiplyAdds += multiplyAddsOf(traced.builder, value);
  return { parameters, multiplyAdds };
}

/** The cost of an architecture: in closed form where its space has one, otherwise that of its network. */
export function architectureCost<A>(space: SearchSpace<A>, architecture: A, skeleton?: SkeletonOptions): Cost {
  return space.cost?.(architecture, skeleton) ?? networkCost(space.network(architecture, skeleton));
}

/**
 * Multiply-accumulates of convolutions and matrix products: outputs × inputs that feed one. Products with constants, such as resizing,
 * learn nothing; published counts leave them out.
 */
function multiplyAddsOf(b: ProgramBuilder, value: Value): number {
  const op = b.opOf(value);
  if (op?.primitive !== 'conv2d' && op?.primitive !== 'matmul') return 0;
  if (b.info(op.inputs[1]).definition.kind === 'constant') return 0;
  if (op.primitive === 'conv2d') return sizeOf(b.shape(value)) * sizeOf(b.shape(op.inputs[1]).slice(1));
  const [m, k] = b.shape(op.inputs[0]).slice(-2);
  return sizeOf(b.shape(value)) * (op.attributes.transposeA ? m : k);
}
