/**
 * Adder convolution (Chen et al., AdderNet, CVPR 2020): the output is the negative distance of the image's window from the filter, −Σ|x − w|
 * (equation 2), which takes no multiplications. Its derivative is only signs; in its place the filter's gradient is x − w (equation 5), the
 * image's w − x clipped to [−1, 1] (equation 6), and the filter has a learning rate of its own (equation 12).
 */
import type { Initializer, Layer, TensorRate } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { shapeRules, sizeOf } from '../kernels/shapes.js';
import { standardNormal } from './initialize.js';
import { type Pair, pair } from './pair.js';
import { everyNth, inBlocksOfImages, interleaved, type Place, placesOf } from './windows.js';

export interface AdderConv2dOptions {
  /** Output channels. */
  readonly out: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  /** Zeros around the image, which count as pixels: |0 − w|. */
  readonly padding?: Pair;
  /** η of the filter's own learning rate, default .2. */
  readonly rate?: number;
  /** Default: standard normal, as the authors' code has it. */
  readonly initialize?: Initializer;
}

/**
 * [N, C, H, W] -> [N, out, H', W'], with parameter `weight` [out, C, kh, kw]. Its outputs are large and negative: batch normalisation belongs
 * behind it. It multiplies nothing, so it counts no multiply-adds.
 */
export function adderConv2d({ out, rate = 0.2, initialize = standardNormal, ...options }: AdderConv2dOptions): Layer {
  const window = { stride: pair(options.stride ?? 1), padding: pair(options.padding ?? 0) };
  return (scope, x) => {
    const shape = [out, scope.builder.shape(x)[1], ...pair(options.kernel)];
    const w = scope.parameter('weight', shape, initialize, { rate: normalizedRate(rate) });
    const y = scope.builder.op('negate', [distances(scope.builder, x, w, window)], {});
    return scope.builder.customGradient(y, [x, w], (b, dy) => [
      imageGradient(b, x, w, dy, window),
      filterGradient(b, x, w, dy, window),
    ]);
  };
}

/** η·√k / ‖g‖ for a filter of k elements: filters of all layers move equally far (equation 12). */
function normalizedRate(rate: number): TensorRate {
  return (b, gradient) => {
    const shape = b.shape(gradient);
    const squares = b.op('multiply', [gradient, gradient], {});
    const total = b.op('sum', [squares], { axes: shape.map((_, axis) => axis), keepAxes: false });
    const norm = b.op('maximum', [b.op('squareRoot', [total], {}), b.scalar(SMALLEST_NORM)], {});
    return b.op('divide', [b.scalar(rate * Math.sqrt(sizeOf(shape))), norm], {});
  };
}

/** Zeros have no direction; the authors' code has the same bound. */
const SMALLEST_NORM = 1e-12;

/** Neither dilated nor in groups. */
const UNDIVIDED = { dilation: [1, 1], groups: 1 } as const;

interface Window {
  readonly stride: Place;
  readonly padding: Place;
}

/**
 * Differences that are made at once, where more than one image is at hand. Windows are never laid out: one place of the filter after the other
 * is compared with so many images that the differences stay near the processor: less than half the time of whole batches at 16 channels.
 */
const AT_ONCE = 2 ** 20;

/** Σ|x − w| over the window: [N, O, H', W'] */
function distances(b: ProgramBuilder, x: Value, w: Value, { stride, padding }: Window): Value {
  const [filters, channels, ...kernel] = b.shape(w);
  // As large as a convolution's output, and refused where that would be.
  const [, , ...size] = shapeRules.conv2d([b.info(x), b.info(w)], { stride, padding, ...UNDIVIDED }).shape;
  const around = padding.map((zeros, i) => [zeros, zeros + stride[i] - 1] as const);
  const padded = b.op('pad', [x], { padding: [[0, 0], [0, 0], ...around] });
  const block = { perImage: filters * channels * sizeOf(size), atOnce: AT_ONCE };
  return inBlocksOfImages(b, [padded], block, ([image]) => {
    const parts = placesOf(kernel).map((place) => {
      const pixels = flat(b, everyNth(b, image, place, size, stride), 1);
      const difference = b.op('subtract', [pixels, filterAt(b, w, place)], {});
      return b.op('sum', [b.op('absolute', [difference], {})], { axes: [2], keepAxes: false });
    });
    return b.op('reshape', [addAll(b, parts)], { shape: [b.shape(image)[0], filters, ...size] });
  });
}

/** Σ (x − w)·dy = Σ x·dy − w·Σ dy: the filter gradient of an ordinary convolution, and a multiple of the filter. */
function filterGradient(b: ProgramBuilder, x: Value, w: Value, dy: Value, window: Window): Value {
  const filterShape = b.shape(w);
  const ofImage = b.op('conv2dFilterGradient', [x, dy], { ...window, ...UNDIVIDED, filterShape });
  const total = b.op('reshape', [b.op('channelSum', [dy], {})], { shape: [filterShape[0], 1, 1, 1] });
  return b.op('subtract', [ofImage, b.op('multiply', [w, total], {})], {});
}

/**
 * Σ clip(w − x, −1, 1)·dy over the outputs that see a pixel. Pixels of equal remainder by the stride are seen by the same places of the
 * filter, so that each remainder is an image of its own, against which dy is moved place by place.
 */
function imageGradient(b: ProgramBuilder, x: Value, w: Value, dy: Value, { stride, padding }: Window): Value {
  const [filters, channels, ...kernel] = b.shape(w);
  const sides = b.shape(x).slice(2);
  const size = sides.map((side, i) => Math.ceil(side / stride[i]));
  const behind = size.map((length, i) => [0, (length + 1) * stride[i] - 1 - sides[i]] as const);
  // At most so far do outputs lie before and behind the pixels that see them.
  const around = size.map((length, i) => {
    const before = Math.max(0, Math.floor((kernel[i] - 1 - padding[i]) / stride[i]));
    const last = length + Math.floor((padding[i] + stride[i] - 1) / stride[i]);
    return [before, Math.max(0, last - b.shape(dy)[2 + i])] as const;
  });
  const pixelsOf = b.op('pad', [x], { padding: [[0, 0], [0, 0], ...behind] });
  const outputsOf = b.op('pad', [dy], { padding: [[0, 0], [0, 0], ...around] });
  const block = { perImage: filters * channels * sizeOf(size), atOnce: AT_ONCE };
  const gradient = inBlocksOfImages(b, [pixelsOf, outputsOf], block, ([image, outputs]) =>
    interleaved(
      b,
      (remainder) => {
        const pixels = flat(b, everyNth(b, image, remainder, size, stride), 1);
        const parts = placesOf(kernel).flatMap((place) => {
          const steps = place.map((at, i) => (remainder[i] + padding[i] - at) / stride[i] + around[i][0]);
          if (!steps.every(Number.isInteger)) return [];
          const seen = flat(b, everyNth(b, outputs, [steps[0], steps[1]], size, [1, 1]), 2);
          const slope = b.op('clip', [b.op('subtract', [filterAt(b, w, place), pixels], {})], { low: -1, high: 1 });
          return [b.op('sum', [b.op('multiply', [slope, seen], {})], { axes: [1], keepAxes: false })];
        });
        const shape = [b.shape(image)[0], channels, ...size];
        const none = () => b.op('broadcast', [b.scalar(0)], { shape });
        return parts.length === 0 ? none() : b.op('reshape', [addAll(b, parts)], { shape });
      },
      stride,
    ),
  );
  return b.op('slice', [gradient], { start: [0, 0, 0, 0], size: b.shape(x) });
}

/** [N, C, H, W] -> [N, 1, C, H·W] to stand against filters (axis 1), or [N, C, 1, H·W] against their channels (axis 2). */
function flat(b: ProgramBuilder, image: Value, axis: 1 | 2): Value {
  const [images, channels, height, width] = b.shape(image);
  return b.op('reshape', [image], { shape: [images, channels, height * width].toSpliced(axis, 0, 1) });
}

/** The filter's numbers at one place: [1, O, C, 1] */
function filterAt(b: ProgramBuilder, w: Value, [row, column]: Place): Value {
  const [filters, channels] = b.shape(w);
  const part = b.op('slice', [w], { start: [0, 0, row, column], size: [filters, channels, 1, 1] });
  return b.op('reshape', [part], { shape: [1, filters, channels, 1] });
}

function addAll(b: ProgramBuilder, values: readonly Value[]): Value {
  return values.reduce((total, value) => b.op('add', [total, value], {}));
}
