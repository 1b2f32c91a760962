/** Operations that cell spaces can name. Those of NAS-Bench-201 go by its names; a convolution is ReLU, convolution, normalisation. */
import { unknownName } from '../base/names.js';
import type { Layer } from '../contracts/network.js';
import { adderConv2d } from '../network/adder.js';
import { binaryActivation, coupledBinaryActivation } from '../network/binary.js';
import {
  averagePool,
  batchNormalization,
  convolution,
  identity,
  maxPool,
  relu,
  sequential,
} from '../network/layers.js';
import { quantizedActivation, quantizedWeights } from '../network/quantization.js';
import { reluConvolutionNorm } from './edge-cell.js';

/** Makes the layer of an edge for so many channels, which it keeps with the image's sides; undefined: the edge adds nothing. */
export type MakeOperation = (channels: number) => Layer | undefined;

const POOL = { kernel: 3, stride: 1, padding: 1 } as const;

const square = (out: number) => ({ out, kernel: 3, padding: 1 }) as const;

/** An activation wants normalised numbers; a sum of edges is not. */
const binary = (activation: Layer) => (channels: number) =>
  sequential({
    centre: batchNormalization(),
    activation,
    conv: convolution(square(channels)),
    norm: batchNormalization(),
  });

/** Activations and weights of so many bits. */
const quantized = (bits: number) => (channels: number) =>
  sequential({
    relu,
    quantized: quantizedActivation({ bits }),
    conv: quantizedWeights(bits, convolution(square(channels))),
    norm: batchNormalization(),
  });

export const operations = {
  none: () => undefined,
  skip_connect: () => identity,
  nor_conv_1x1: (channels) => reluConvolutionNorm({ out: channels, kernel: 1 }),
  nor_conv_3x3: (channels) => reluConvolutionNorm(square(channels)),
  avg_pool_3x3: () => averagePool(POOL),
  max_pool_3x3: () => maxPool(POOL),
  /** AdderNet. */
  adder_conv_3x3: (channels) => sequential({ relu, adder: adderConv2d(square(channels)), norm: batchNormalization() }),
  /** Activations of one bit; the second in coupled pairs, as BinaryDuo begins. */
  binary_conv_3x3: binary(binaryActivation),
  coupled_binary_conv_3x3: binary(coupledBinaryActivation),
  /** Symmetric linear quantisation with learned steps. */
  quantized_conv_3x3_2bit: quantized(2),
  quantized_conv_3x3_4bit: quantized(4),
  quantized_conv_3x3_8bit: quantized(8),
} as const satisfies Readonly<Record<string, MakeOperation>>;

export type OperationName = keyof typeof operations;

/** Operations by their names, or one's own. @throws NascentError `usage` for a name that is not known */
export function operationsOf(
  given: Readonly<Record<string, MakeOperation>> | readonly OperationName[],
): Readonly<Record<string, MakeOperation>> {
  if (!isNames(given)) return given;
  const known = Object.keys(operations);
  const entries = given.map((name) => {
    if (!known.includes(name)) throw unknownName('an operation', name, known);
    return [name, operations[name]] as const;
  });
  return Object.fromEntries(entries);
}

const isNames = (given: object): given is readonly OperationName[] => Array.isArray(given);
