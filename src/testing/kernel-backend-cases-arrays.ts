/** Cases of primitives on arrays of any rank. */
import type { PrimitiveName } from '../contracts/program.js';
import type { KernelCase, KernelCases } from './kernel-backend-cases.js';
import {
  apart,
  awayFromZero,
  type CaseInput,
  fixed,
  labels,
  normal,
  positive,
  wholeFloats,
} from './kernel-backend-inputs.js';

type Draw = (...shape: number[]) => CaseInput;
type Plain = readonly [KernelCase<object>, ...KernelCase<object>[]];

export const arrayCases: KernelCases<
  Exclude<PrimitiveName, keyof typeof import('./kernel-backend-cases-images.js').imageCases>
> = {
  add: onTwo(normal, normal),
  subtract: onTwo(normal, normal),
  multiply: onTwo(normal, normal),
  divide: onTwo(normal, positive),
  maximum: [...onTwo(normal, normal), onKink('equal operands', fixed([3], [1, -2, 0]), fixed([3], [1, -2, 3]))],
  greater: [...onTwo(normal, normal), onKink('equal operands', fixed([3], [1, -2, 0]), fixed([3], [1, -2, -3]))],
  equal: [
    { name: 'int32', inputs: [labels(3, 4, 5), labels(3, 4, 5)], attributes: {} },
    { name: 'int32 rows against columns', inputs: [labels(3, 6, 1), labels(3, 1, 4)], attributes: {} },
    onKink('float32', wholeFloats(3, 4, 5), wholeFloats(3, 4, 5)),
    onKink('float32 against a scalar', wholeFloats(2, 4, 5), fixed([], [1])),
  ],
  negate: onOne(normal),
  exponential: onOne(normal),
  logarithm: onOne(positive),
  squareRoot: onOne(positive),
  absolute: [...onOne(awayFromZero), onKink('zero', fixed([3], [0, -1, 1]))],
  sign: [...onOne(awayFromZero), onKink('zero', fixed([3], [0, -1, 1]))],
  round: [...onOne(normal), onKink('halves', fixed([8], [-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 3.49]))],
  clip: [
    { name: 'images', inputs: [normal(2, 3, 4, 5)], attributes: { low: -0.5, high: 1 } },
    { name: 'to one number', inputs: [normal(3)], attributes: { low: 0.25, high: 0.25 } },
    { name: 'scalar', inputs: [normal()], attributes: { low: -1, high: 1 } },
    { name: 'bounds', inputs: [fixed([3], [-1, 0, 1])], attributes: { low: -1, high: 1 }, onKink: true },
  ],
  relu: [...onOne(awayFromZero), onKink('zero', fixed([3], [0, -1, 1]))],
  reluGradient: [
    { name: 'matrix', inputs: [awayFromZero(3, 4), normal(3, 4)], attributes: {} },
    { name: 'images', inputs: [awayFromZero(2, 3, 4, 5), normal(2, 3, 4, 5)], attributes: {} },
    { name: 'one element', inputs: [awayFromZero(1), normal(1)], attributes: {} },
    onKink('zero', fixed([3], [0, -1, 1]), fixed([3], [5, 6, 7])),
  ],
  sigmoid: onOne(normal),
  tanh: onOne(normal),
  toFloat: [
    { name: 'matrix', inputs: [labels(100, 3, 4)], attributes: {} },
    { name: 'scalar', inputs: [labels(100)], attributes: {} },
  ],
  sum: [
    { name: 'last axis', inputs: [normal(3, 4)], attributes: { axes: [1], keepAxes: false } },
    { name: 'first axis, kept', inputs: [normal(3, 4)], attributes: { axes: [0], keepAxes: true } },
    { name: 'two axes apart', inputs: [normal(2, 3, 4)], attributes: { axes: [0, 2], keepAxes: false } },
    { name: 'image axes, kept', inputs: [normal(2, 3, 4, 5)], attributes: { axes: [2, 3], keepAxes: true } },
    { name: 'all axes', inputs: [normal(2, 3, 4)], attributes: { axes: [0, 1, 2], keepAxes: false } },
    { name: 'vector', inputs: [normal(7)], attributes: { axes: [0], keepAxes: false } },
    { name: 'one element', inputs: [normal(1, 1)], attributes: { axes: [0, 1], keepAxes: false } },
  ],
  max: [
    { name: 'last axis', inputs: [apart(3, 4)], attributes: { axes: [1], keepAxes: false } },
    { name: 'first axis, kept', inputs: [apart(3, 4)], attributes: { axes: [0], keepAxes: true } },
    { name: 'two axes apart', inputs: [apart(2, 3, 4)], attributes: { axes: [0, 2], keepAxes: false } },
    { name: 'all axes', inputs: [apart(2, 3, 4)], attributes: { axes: [0, 1, 2], keepAxes: false } },
    { name: 'one element', inputs: [apart(1)], attributes: { axes: [0], keepAxes: false } },
    { ...onKink('ties', fixed([2, 3], [1, 1, 0, -2, -2, -2])), attributes: { axes: [1], keepAxes: false } },
  ],
  argMax: [
    { name: 'matrix', inputs: [apart(5, 7)], attributes: {} },
    { name: 'rank 3', inputs: [apart(2, 3, 4)], attributes: {} },
    { name: 'vector', inputs: [apart(5)], attributes: {} },
    { name: 'one class', inputs: [normal(4, 1)], attributes: {} },
    onKink('first of equals', fixed([3, 3], [1, 1, 0, -2, -1, -1, 4, 4, 4])),
  ],
  logSoftmax: [
    { name: 'matrix', inputs: [normal(4, 6)], attributes: {} },
    { name: 'rank 3', inputs: [normal(2, 3, 4)], attributes: {} },
    { name: 'vector', inputs: [normal(5)], attributes: {} },
    { name: 'one class', inputs: [normal(4, 1)], attributes: {} },
    { name: 'one row', inputs: [normal(1, 10)], attributes: {} },
    { name: 'large entries', inputs: [fixed([2, 3], [200, 199, -300, -500, -501, -502])], attributes: {} },
  ],
  reshape: [
    { name: 'flatten', inputs: [normal(2, 3, 4, 5)], attributes: { shape: [2, 60] } },
    { name: 'to a scalar', inputs: [normal(1, 1)], attributes: { shape: [] } },
    { name: 'from a scalar', inputs: [normal()], attributes: { shape: [1, 1, 1] } },
    { name: 'same shape', inputs: [normal(2, 3)], attributes: { shape: [2, 3] } },
    { name: 'int32', inputs: [labels(9, 6)], attributes: { shape: [2, 3] } },
  ],
  transpose: [
    { name: 'matrix', inputs: [normal(3, 4)], attributes: { permutation: [1, 0] } },
    { name: 'channels last', inputs: [normal(2, 3, 4, 5)], attributes: { permutation: [0, 2, 3, 1] } },
    { name: 'a cycle', inputs: [normal(2, 3, 4)], attributes: { permutation: [2, 0, 1] } },
    { name: 'identity', inputs: [normal(2, 3)], attributes: { permutation: [0, 1] } },
    { name: 'int32', inputs: [labels(9, 2, 3)], attributes: { permutation: [1, 0] } },
  ],
  broadcast: [
    { name: 'scalar', inputs: [normal()], attributes: { shape: [2, 3] } },
    { name: 'new leading axes', inputs: [normal(4)], attributes: { shape: [2, 3, 4] } },
    { name: 'repeated axes', inputs: [normal(1, 3, 1)], attributes: { shape: [2, 3, 4] } },
    { name: 'same shape', inputs: [normal(2, 3)], attributes: { shape: [2, 3] } },
    { name: 'int32', inputs: [labels(9, 3, 1)], attributes: { shape: [3, 2] } },
  ],
  slice: [
    { name: 'inside', inputs: [normal(5, 6)], attributes: { start: [1, 2], size: [3, 2] } },
    { name: 'shifted image', inputs: [normal(2, 3, 4, 5)], attributes: { start: [0, 0, 1, 1], size: [2, 3, 3, 4] } },
    { name: 'one element', inputs: [normal(5, 6)], attributes: { start: [4, 5], size: [1, 1] } },
    { name: 'everything', inputs: [normal(2, 3)], attributes: { start: [0, 0], size: [2, 3] } },
    { name: 'int32', inputs: [labels(9, 6)], attributes: { start: [2], size: [3] } },
  ],
  concatenate: [
    { name: 'channels', inputs: [normal(2, 1, 3, 3), normal(2, 3, 3, 3)], attributes: { axis: 1 } },
    { name: 'first axis', inputs: [normal(2, 3), normal(1, 3), normal(4, 3)], attributes: { axis: 0 } },
    { name: 'last axis', inputs: [normal(2, 3), normal(2, 1)], attributes: { axis: 1 } },
    { name: 'one', inputs: [normal(2, 3)], attributes: { axis: 1 } },
    { name: 'int32', inputs: [labels(9, 2), labels(9, 3)], attributes: { axis: 0 } },
  ],
  pad: [
    { name: 'one side', inputs: [normal(3)], attributes: { padding: [[0, 2]] } },
    {
      name: 'images',
      inputs: [normal(2, 2, 3, 3)],
      attributes: {
        padding: [
          [0, 0],
          [0, 0],
          [1, 2],
          [0, 1],
        ],
      },
    },
    {
      name: 'channels',
      inputs: [normal(2, 3)],
      attributes: {
        padding: [
          [0, 0],
          [1, 2],
        ],
      },
    },
    { name: 'nothing', inputs: [normal(3)], attributes: { padding: [[0, 0]] } },
    { name: 'int32', inputs: [labels(9, 3)], attributes: { padding: [[1, 1]] } },
  ],
  oneHot: [
    { name: 'vector', inputs: [labels(5, 8)], attributes: { depth: 5 } },
    { name: 'matrix', inputs: [labels(4, 2, 3)], attributes: { depth: 4 } },
    { name: 'scalar', inputs: [labels(3)], attributes: { depth: 3 } },
    { name: 'one class', inputs: [labels(1, 4)], attributes: { depth: 1 } },
  ],
  matmul: [
    { name: 'plain', inputs: [normal(3, 4), normal(4, 5)], attributes: { transposeA: false, transposeB: false } },
    { name: 'A transposed', inputs: [normal(4, 3), normal(4, 5)], attributes: { transposeA: true, transposeB: false } },
    { name: 'B transposed', inputs: [normal(3, 4), normal(5, 4)], attributes: { transposeA: false, transposeB: true } },
    {
      name: 'both transposed',
      inputs: [normal(4, 3), normal(5, 4)],
      attributes: { transposeA: true, transposeB: true },
    },
    {
      name: 'batch of matrices',
      inputs: [normal(2, 3, 4), normal(2, 4, 5)],
      attributes: { transposeA: false, transposeB: false },
    },
    {
      name: 'two batch axes, both transposed',
      inputs: [normal(2, 3, 4, 2), normal(2, 3, 5, 4)],
      attributes: { transposeA: true, transposeB: true },
    },
    {
      name: 'row times column',
      inputs: [normal(1, 6), normal(6, 1)],
      attributes: { transposeA: false, transposeB: false },
    },
    {
      name: 'column times row',
      inputs: [normal(3, 1), normal(1, 4)],
      attributes: { transposeA: false, transposeB: false },
    },
    { name: 'one element', inputs: [normal(1, 1), normal(1, 1)], attributes: { transposeA: false, transposeB: false } },
  ],
};

function onOne(draw: Draw): Plain {
  return [
    { name: 'matrix', inputs: [draw(3, 4)], attributes: {} },
    { name: 'images', inputs: [draw(2, 3, 4, 5)], attributes: {} },
    { name: 'scalar', inputs: [draw()], attributes: {} },
    { name: 'one element', inputs: [draw(1, 1)], attributes: {} },
  ];
}

function onTwo(a: Draw, b: Draw): Plain {
  const on = (name: string, first: CaseInput, second: CaseInput) => ({ name, inputs: [first, second], attributes: {} });
  return [
    on('same shape', a(3, 4), b(3, 4)),
    on('images', a(2, 3, 4, 5), b(2, 3, 4, 5)),
    on('against a scalar', a(3, 4), b()),
    on('a scalar against images', a(), b(2, 3, 2, 2)),
    on('against a vector', a(2, 3, 4), b(4)),
    on('a column against a row', a(3, 1), b(1, 4)),
    on('per channel', a(2, 3, 2, 2), b(1, 3, 1, 1)),
    on('against a longer rank of ones', a(3), b(1, 1, 1)),
    on('two scalars', a(), b()),
  ];
}

function onKink(name: string, ...inputs: CaseInput[]): KernelCase<object> {
  return { name, inputs, attributes: {}, onKink: true };
}
