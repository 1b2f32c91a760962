/**
 * The layers that search spaces are made of. Images are [N, C, H, W]; the number of input channels is read from the
 * value, so a layer is told only what it makes.
 */
import type { Initializer, Layer } from '../contracts/network.js';
import { batchNormOfBatch, batchNormOfStatistics } from './batch-norm.js';
import { filled, uniformFanIn } from './initialize.js';
import { type Pair, pair } from './pair.js';

/** One function for all layers, so that equal parameters are seen to start equal. */
const DEFAULT_INITIALIZER = uniformFanIn();

export interface ConvolutionOptions {
  /** Output channels. */
  readonly out: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  readonly bias?: boolean;
  /** Default: PyTorch's, uniform ±1/√fan-in. */
  readonly initialize?: Initializer;
}

/** Cross-correlation with parameters `weight` [out, in / groups, kh, kw] and, with `bias` (default off), `bias` [out]. */
export function convolution(options: ConvolutionOptions): Layer {
  const { out, groups = 1, bias = false, initialize = DEFAULT_INITIALIZER } = options;
  const window = {
    stride: pair(options.stride ?? 1),
    padding: pair(options.padding ?? 0),
    dilation: pair(options.dilation ?? 1),
    groups,
  };
  return (scope, x) => {
    const b = scope.builder;
    const shape = [out, Math.floor(b.shape(x)[1] / groups), ...pair(options.kernel)];
    const weight = scope.parameter('weight', shape, initialize);
    const y = b.op('conv2d', [x, weight], window);
    if (!bias) return y;
    const offset = scope.parameter('bias', [out], uniformFanIn(shape[1] * shape[2] * shape[3]));
    return b.op('add', [y, b.op('reshape', [offset], { shape: [1, out, 1, 1] })], {});
  };
}

export interface LinearOptions {
  readonly out: number;
  readonly bias?: boolean;
  readonly initialize?: Initializer;
}

/** [N, in] -> [N, out] with parameters `weight` [out, in] and `bias` [out] (default on). */
export function linear({ out, bias = true, initialize = DEFAULT_INITIALIZER }: LinearOptions): Layer {
  return (scope, x) => {
    const b = scope.builder;
    const inputs = b.shape(x)[1];
    const weight = scope.parameter('weight', [out, inputs], initialize);
    const y = b.op('matmul', [x, weight], { transposeA: false, transposeB: true });
    return bias ? b.op('add', [y, scope.parameter('bias', [out], uniformFanIn(inputs))], {}) : y;
  };
}

/** Adds to the variance in batch normalisation, as in PyTorch. */
const EPSILON = 1e-5;

/**
 * Batch normalisation (Ioffe & Szegedy, ICML 2015): parameters `weight` and `bias` [C], statistics `running_mean` and
 * `running_var` [C]. The mode of the network decides whether the batch's or the running statistics are used.
 * @param momentum weight of the newest batch in the running statistics, default .1
 */
export function batchNormalization({ epsilon = EPSILON, momentum = 0.1 } = {}): Layer {
  return (scope, x) => {
    const channels = [scope.builder.shape(x)[1]];
    const affine = {
      scale: scope.parameter('weight', channels, filled(1)),
      offset: scope.parameter('bias', channels, filled(0)),
    };
    const running = {
      mean: scope.statistic('running_mean', channels, filled(0)),
      variance: scope.statistic('running_var', channels, filled(1)),
    };
    if (scope.mode === 'bare') return x;
    return scope.mode === 'evaluate'
      ? batchNormOfStatistics(scope, x, affine, running, epsilon)
      : batchNormOfBatch(scope, x, affine, running, { epsilon, momentum });
  };
}

/** max(x, 0). Metrics are told of its input. */
export const relu: Layer = (scope, x) => {
  const y = scope.builder.op('relu', [x], {});
  scope.noteActivation(x, y);
  return y;
};

export interface PoolOptions {
  readonly kernel: Pair;
  /** Default: the kernel. */
  readonly stride?: Pair;
  readonly padding?: Pair;
}

const poolWindow = ({ kernel, stride, padding }: PoolOptions) => ({
  kernel: pair(kernel),
  stride: pair(stride ?? kernel),
  padding: pair(padding ?? 0),
});

/** Mean over the cells of a window that lie inside the image. */
export function averagePool(options: PoolOptions): Layer {
  return (scope, x) => scope.builder.op('averagePool2d', [x], poolWindow(options));
}

export function maxPool(options: PoolOptions): Layer {
  return (scope, x) => scope.builder.op('maxPool2d', [x], poolWindow(options));
}

/** [N, C, H, W] -> [N, C]: mean over the image. */
export const globalAveragePool: Layer = ({ builder: b }, x) => {
  const [, , height, width] = b.shape(x);
  const total = b.op('sum', [x], { axes: [2, 3], keepAxes: false });
  return b.op('multiply', [total, b.scalar(1 / (height * width))], {});
};

export const identity: Layer = (_scope, x) => x;

/** The same layer, known as a block of its network: metrics compare the features that blocks end in. */
export function block(layer: Layer): Layer {
  return (scope, x) => {
    const y = layer(scope, x);
    scope.noteBlock(y);
    return y;
  };
}

/** Layers one after the other, each in a scope of its own name. */
export function sequential(layers: Readonly<Record<string, Layer>>): Layer {
  return (scope, x) => Object.entries(layers).reduce((value, [name, layer]) => scope.child(name, layer, value), x);
}

/** The sum of what several layers make of the same input. */
export function sum(branches: Readonly<Record<string, Layer>>): Layer {
  return (scope, x) => {
    const outputs = Object.entries(branches).map(([name, layer]) => scope.child(name, layer, x));
    return outputs.reduce((total, output) => scope.builder.op('add', [total, output], {}));
  };
}
