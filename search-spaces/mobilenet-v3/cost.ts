/** Parameters and multiply-adds of a plan's network, counted without building it: equal to `networkCost` of it. */
import type { Cost } from '../../src/contracts/network.js';
import type { Skeleton } from '../skeleton.js';
import type { BlockPlan, Plan } from './plan.js';

export function planCost({ sides, stem, blocks, last, mixed }: Plan, { classes, inputShape }: Skeleton): Cost {
  let [height, width] = sides;
  let parameters = 0;
  let multiplyAdds = 0;
  const halve = (stride: number) => {
    height = Math.ceil(height / stride);
    width = Math.ceil(width / stride);
  };
  /** A convolution of so many weights with normalised outputs, at the current size. */
  const convolve = (weights: number, outputs: number) => {
    parameters += weights + 2 * outputs;
    multiplyAdds += weights * height * width;
  };
  halve(2);
  convolve(9 * inputShape[0] * stem, stem);
  const add = ({ kernel, inputs, expanded, outputs, stride, squeezed }: BlockPlan) => {
    if (expanded !== inputs) convolve(inputs * expanded, expanded);
    halve(stride);
    convolve(kernel * kernel * expanded, expanded);
    if (squeezed !== undefined) {
      parameters += 2 * squeezed * expanded + squeezed + expanded;
      multiplyAdds += 2 * squeezed * expanded;
    }
    convolve(expanded * outputs, outputs);
  };
  for (const block of blocks) add(block);
  convolve(blocks[blocks.length - 1].outputs * last, last);
  return {
    parameters: parameters + last * mixed + (mixed + 1) * classes,
    multiplyAdds: multiplyAdds + last * mixed + mixed * classes,
  };
}
