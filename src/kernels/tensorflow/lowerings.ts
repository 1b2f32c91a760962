/** How each primitive is said in TensorFlow.js. A primitive without a lowering does not compile. */
import type { Op, Program, Value } from '../../contracts/program.js';
import { arrayLowerings } from './arrays.js';
import { channelLowerings } from './channels.js';
import { convolutionLowerings } from './convolution.js';
import { elementwiseLowerings } from './elementwise.js';
import type { Demand } from './layouts.js';
import type { Lowerings } from './lowering.js';
import { poolingLowerings } from './pooling.js';

export const lowerings: Lowerings = {
  ...elementwiseLowerings,
  ...arrayLowerings,
  ...channelLowerings,
  ...convolutionLowerings,
  ...poolingLowerings,
};

/** What an op of a program asks of the layouts of its values. */
export function demandOf({ values }: Program, value: Value, { primitive, inputs }: Op): Demand {
  const { demand } = lowerings[primitive];
  return typeof demand === 'function' ? demand(values[inputs[0]].shape, values[value].shape) : demand;
}
