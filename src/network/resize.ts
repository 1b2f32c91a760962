/** Resizing images inside a network, by products with constant matrices. */
import type { Layer } from '../contracts/network.js';
import type { Shape } from '../contracts/program.js';

/**
 * [N, C, H, W] -> [N, C, height, width], bilinear with corners that are not aligned: output place i reads place (i + ½)·H / height − ½ of
 * the input, cut off at its border. There are no parameters, and its products are no multiply-adds (`networkCost`).
 */
export function resize(height: number, width: number): Layer {
  return ({ builder: b }, x) => {
    const [batch, channels, inHeight, inWidth] = b.shape(x);
    if (height === inHeight && width === inWidth) return x;
    const images = batch * channels;
    /** [images, m, length] -> [images, m, out] */
    const along = (value: number, [, m, length]: Shape, out: number) => {
      const rows = b.op('reshape', [value], { shape: [images * m, length] });
      const weights = b.constant(interpolation(length, out), [length, out]);
      const product = b.op('matmul', [rows, weights], { transposeA: false, transposeB: false });
      return b.op('reshape', [product], { shape: [images, m, out] });
    };
    const flipped = (value: number) => b.op('transpose', [value], { permutation: [0, 2, 1] });
    const wide = along(x, [images, inHeight, inWidth], width);
    const high = along(flipped(wide), [images, width, inHeight], height);
    return b.op('reshape', [flipped(high)], { shape: [batch, channels, height, width] });
  };
}

/** float32 [length, out]: column i holds the weights of the two input places that output place i lies between. */
function interpolation(length: number, out: number): Float32Array {
  const weights = new Float32Array(length * out);
  for (let i = 0; i < out; i++) {
    const place = Math.max(0, ((i + 0.5) * length) / out - 0.5);
    const low = Math.min(Math.floor(place), length - 1);
    const high = Math.min(low + 1, length - 1);
    weights[low * out + i] += 1 - (place - low);
    weights[high * out + i] += place - low;
  }
  return weights;
}
