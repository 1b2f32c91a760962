/** Initial weights, from the project's own seeded streams, so that every engine starts from the same numbers. */

import type { Initializer } from '../contracts/network.js';
import type { Shape } from '../contracts/program.js';
import { sizeOf } from '../kernels/shapes.js';

/** Inputs that feed one output: the product of all axes but the first. */
export function fanIn(shape: Shape): number {
  return sizeOf(shape.slice(1));
}

/** Uniform in ±1/√fan: PyTorch's default for the weights and offsets of convolutions and linear layers. @param fan default: the shape's own fan-in */
export function uniformFanIn(fan?: number): Initializer {
  return (shape, random) => {
    const bound = 1 / Math.sqrt(fan ?? fanIn(shape));
    return fill(shape, () => (2 * random.uniform() - 1) * bound);
  };
}

/** Normal with deviation √(2 / fan-out), fan-out = O·kh·kw (He et al., ICCV 2015, eq. 14). */
export const kaimingNormal: Initializer = (shape, random) => {
  const deviation = Math.sqrt(2 / (shape[0] * sizeOf(shape.slice(2))));
  return fill(shape, () => random.normal() * deviation);
};

/** Normal of mean 0 and deviation 1. */
export const standardNormal: Initializer = (shape, random) => fill(shape, () => random.normal());

/** Normal with deviation √(2 / fan-in) (He et al., ICCV 2015, eq. 10). */
export const kaimingNormalFanIn: Initializer = (shape, random) => {
  const deviation = Math.sqrt(2 / fanIn(shape));
  return fill(shape, () => random.normal() * deviation);
};

/** A plain loop: `Float32Array.from` takes ten times as long for a million weights. */
function fill(shape: Shape, draw: () => number): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return data;
}

/** Every entry equal. */
export function filled(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}
