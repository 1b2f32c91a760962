/** Pooling and its gradients in ONNX. */
import type { PoolAttributes, Shape } from '../../contracts/program.js';
import { sizeOf } from '../shapes.js';
import type { GraphWriter, Name } from './graph.js';
import type { Lowering } from './lowerings.js';

function windowAttributes({ kernel, stride, padding }: PoolAttributes) {
  return { kernel_shape: kernel, strides: stride, pads: [...padding, ...padding] };
}

export const lowerAveragePool: Lowering<'averagePool2d'> = ({ graph, inputs, attributes, output }) => {
  graph.node('AveragePool', inputs, { ...windowAttributes(attributes), count_include_pad: 0 }, output);
};

export const lowerMaxPool: Lowering<'maxPool2d'> = ({ graph, inputs, attributes, output }) => {
  graph.node('MaxPool', inputs, windowAttributes(attributes), output);
};

/** Every cell of x gets, from each window it lies in, that window's dy divided by the number of its cells. */
export const lowerAveragePoolGradient: Lowering<'averagePool2dGradient'> = ({
  graph,
  inputs,
  types,
  attributes,
  output,
}) => {
  const { kernel, stride, padding, inputShape } = attributes;
  const dyShape = types[0].shape;
  const share = windowShares(graph, attributes, dyShape);
  const shared = graph.node('Mul', [inputs[0], share]);
  if (stride[0] === 1 && stride[1] === 1) {
    // A sum over windows of the same size, as a mean that counts its padding, times the window's size (in `share`).
    const pads = [0, 1].map((i) => kernel[i] - 1 - padding[i]);
    const window = { kernel_shape: kernel, strides: stride, pads: [...pads, ...pads], count_include_pad: 1 };
    graph.node('AveragePool', [shared], window, output);
    return;
  }
  const channels = inputShape[1];
  const ones = graph.once(`ones:${channels}:${kernel}`, () =>
    graph.tensor(`#ones_${channels}_${kernel.join('x')}`, new Float32Array(channels * sizeOf(kernel)).fill(1), [
      channels,
      1,
      ...kernel,
    ]),
  );
  const remainder = [0, 1].map(
    (i) => inputShape[2 + i] - ((dyShape[2 + i] - 1) * stride[i] + kernel[i] - 2 * padding[i]),
  );
  const window = { ...windowAttributes(attributes), group: channels, output_padding: remainder };
  graph.node('ConvTranspose', [shared, ones], window, output);
};

/**
 * 1 / (cells of the image in each window), [1, 1, H', W']; times the window's size where the sum is taken as a mean.
 * @param repeat how often each is repeated, for the channels of a block; then [H'·W'·repeat]
 */
export function windowShares(
  graph: GraphWriter,
  { kernel, stride, padding, inputShape }: PoolAttributes & { inputShape: Shape },
  dyShape: Shape,
  repeat = 1,
): Name {
  const key = `shares:${inputShape.slice(2)}:${kernel}:${stride}:${padding}:${repeat}`;
  return graph.once(key, () => {
    const inside = (axis: number, position: number) => {
      const start = position * stride[axis] - padding[axis];
      return Math.min(start + kernel[axis], inputShape[2 + axis]) - Math.max(start, 0);
    };
    const [height, width] = dyShape.slice(2);
    const factor = stride[0] === 1 && stride[1] === 1 ? sizeOf(kernel) : 1;
    const data = Float32Array.from({ length: height * width * repeat }, (_, i) => {
      const cell = Math.floor(i / repeat);
      return factor / (inside(0, Math.floor(cell / width)) * inside(1, cell % width));
    });
    const shape = repeat === 1 ? [1, 1, height, width] : [height * width * repeat];
    return graph.tensor(`#${key}`.replaceAll(/[^a-z0-9#]+/gi, '_'), data, shape);
  });
}

/** Each window's dy is added at the place of its first maximum. */
export const lowerMaxPoolGradient: Lowering<'maxPool2dGradient'> = ({
  graph,
  inputs,
  types,
  attributes,
  shape,
  output,
}) => {
  const [x, dy] = inputs;
  const flat = graph.integers([-1]);
  const indices = graph.node('Reshape', [graph.indicesOfMaxPool(x, windowAttributes(attributes)), flat]);
  const zeros = graph.node('Expand', [graph.float(0), graph.integers([sizeOf(types[0].shape)])]);
  const added = graph.node('ScatterElements', [zeros, indices, graph.node('Reshape', [dy, flat])], {
    axis: 0,
    reduction: 'add',
  });
  graph.node('Reshape', [added, graph.integers(shape)], {}, output);
};

export const lowerMaxPoolGather: Lowering<'maxPool2dGather'> = ({ graph, inputs, attributes, shape, output }) => {
  const [x, values] = inputs;
  const flat = graph.integers([-1]);
  const indices = graph.node('Reshape', [graph.indicesOfMaxPool(x, windowAttributes(attributes)), flat]);
  const gathered = graph.node('GatherElements', [graph.node('Reshape', [values, flat]), indices], { axis: 0 });
  graph.node('Reshape', [gathered, graph.integers(shape)], {}, output);
};
