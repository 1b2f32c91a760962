/** Resizing images inside a network, by convolutions with constant weights. */
import type { Layer } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';

const WINDOW = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;

/**
 * [N, C, H, W] -> [N, C, height, width], bilinear with corners that are not aligned: output place i reads place (i + ½)·H / height − ½ of
 * the input, cut off at its border. Each axis in its turn stands where a 1×1 convolution has its channels. There are no parameters, and
 * constant weights count no multiply-adds (`networkCost`).
 */
export function resize(height: number, width: number): Layer {
  return ({ builder: b }, x) => {
    const [, , inHeight, inWidth] = b.shape(x);
    if (height === inHeight && width === inWidth) return x;
    const moved = (value: Value, permutation: readonly number[]) => b.op('transpose', [value], { permutation });
    /** [N, length, ...] -> [N, out, ...] */
    const along = (value: Value, length: number, out: number) =>
      b.op('conv2d', [value, b.constant(interpolation(length, out), [out, length, 1, 1])], WINDOW);
    // [N, W, H, C] -> [N, width, H, C] -> [N, H, width, C] -> [N, height, width, C]
    const wide = along(moved(x, [0, 3, 2, 1]), inWidth, width);
    return moved(along(moved(wide, [0, 2, 1, 3]), inHeight, height), [0, 3, 1, 2]);
  };
}

/** float32 [out, length]: row i holds the weights of the two input places that output place i lies between. */
function interpolation(length: number, out: number): Float32Array {
  const weights = new Float32Array(out * length);
  for (let i = 0; i < out; i++) {
    const place = Math.max(0, ((i + 0.5) * length) / out - 0.5);
    const low = Math.min(Math.floor(place), length - 1);
    const high = Math.min(low + 1, length - 1);
    weights[i * length + low] += 1 - (place - low);
    weights[i * length + high] += place - low;
  }
  return weights;
}
