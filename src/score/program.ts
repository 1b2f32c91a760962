/**
 * The program that the metrics of one score share. A pass that two metrics ask for is traced once, and the builder makes equal ops on equal
 * values one value, so that gradients of one loss are shared too, whoever differentiates it.
 */
import type { Random } from '../base/random.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import type { PassOptions, ScoreContext, ScoreProgram, WeightSource } from '../contracts/metric.js';
import type { ParameterSpec, TracedNetwork } from '../contracts/network.js';
import type { Shape, Value } from '../contracts/program.js';
import { programBuilder } from '../kernels/program.js';
import { sizeOf } from '../kernels/shapes.js';
import { traceNetwork } from '../network/trace.js';

/** Numbers in a tensor from which on it is an input of the program, not a part of it. */
const SMALL = 256;

const INITIAL: WeightSource = { name: 'initial', value: (spec, program) => program.initial(spec) };

/** A score program, and what its inputs are to be fed with. */
export interface WritableScoreProgram extends ScoreProgram {
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** An empty program for the network and batch of `context`. */
export function scoreProgram({ network, batch, random, initialize }: ScoreContext): WritableScoreProgram {
  const builder = programBuilder();
  const feeds: Record<string, Tensor> = {};
  const known = new Map<string, Value>();
  const passes = new Map<string, TracedNetwork>();

  const once = (name: string, make: () => Value): Value => {
    const value = known.get(name) ?? make();
    known.set(name, value);
    return value;
  };
  const fed = (name: string, tensor: () => Tensor): Value =>
    once(name, () => {
      feeds[name] = tensor();
      return builder.input(name, feeds[name].shape, feeds[name].dtype);
    });

  const program: WritableScoreProgram = {
    builder,
    network,
    batch: batch.size,
    feeds,
    get images() {
      const shape = [batch.size, ...network.inputShape];
      return fed('images', () => ({ dtype: 'float32', shape, data: batch.images }));
    },
    get labels() {
      return fed('labels', () => ({ dtype: 'int32', shape: [batch.size], data: batch.labels }));
    },
    normal: (name, shape) => fed(`normal ${name}`, () => normalTensor(random.child(name), shape)),
    initial(spec, draw = 0) {
      const name = draw === 0 ? spec.name : `${spec.name} #${draw}`;
      const tensor = (): Tensor => ({ dtype: 'float32', shape: spec.shape, data: initialize(spec, draw) });
      // Small ones are parts of the program: offsets of zero then fold away. Large ones are handed over as they are, which costs no copy.
      if (sizeOf(spec.shape) >= SMALL) return fed(name, tensor);
      return once(name, () => builder.constant(tensor().data, spec.shape));
    },
    pass({ images = program.images, mode = 'score', weights = INITIAL }: PassOptions = {}) {
      const key = `${images} ${mode} ${weights.name}`;
      const [size] = builder.shape(images);
      const tensor = (spec: ParameterSpec) => weights.value(spec, program);
      const pass = passes.get(key) ?? traceNetwork(network, { batch: size, mode, builder, images, tensor });
      passes.set(key, pass);
      return pass;
    },
  };
  return program;
}

function normalTensor(random: Random, shape: Shape): Tensor {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = random.normal();
  return { dtype: 'float32', shape, data };
}
