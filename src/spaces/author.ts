/** What spaces are made of: all that a space's own file can import from `nascent`. */
export { NascentError } from '../base/errors.js';
export { type Random, random } from '../base/random.js';
export { differentiate } from '../kernels/gradients.js';
export { programBuilder } from '../kernels/program.js';
export { hardSigmoid, hardSwish, squeezeExcitation, swish } from '../network/activations.js';
export { type AdderConv2dOptions, adderConv2d } from '../network/adder.js';
export {
  binaryActivation,
  coupledBinaryActivation,
  decoupledBinaryActivation,
  decoupledFilter,
} from '../network/binary.js';
export { contraction, type FixedPointOptions, fixedPoint, type PhantomGradient } from '../network/implicit.js';
export { filled, kaimingNormal, standardNormal, uniformFanIn } from '../network/initialize.js';
export * from '../network/layers.js';
export { type QuantizedActivationOptions, quantizedActivation, quantizedWeights } from '../network/quantization.js';
export { resize } from '../network/resize.js';
export { networkCost, traceNetwork } from '../network/trace.js';
export type { Cell, CellSpaceDefinition } from './cell-space.js';
export type { ChoiceSpaceDefinition } from './choice-space.js';
export { type ChoiceGroup, type Choices, type Chosen, type Repeat, repeat } from './choices.js';
export { defineSpace } from './define.js';
export type { Bounds, BoundsOfMeasures, Limit, Measuring } from './limits.js';
export { type MakeOperation, type OperationName, operations } from './operations.js';
export type { SpaceConstraints } from './parts.js';
export { boundedSpace, restrictedSpace } from './restricted.js';
