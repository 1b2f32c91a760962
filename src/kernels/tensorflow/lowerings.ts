/** How each primitive is said in TensorFlow.js. A primitive without a lowering does not compile. */
import { arrayLowerings } from './arrays.js';
import { channelLowerings } from './channels.js';
import { convolutionLowerings } from './convolution.js';
import { elementwiseLowerings } from './elementwise.js';
import type { Lowerings } from './lowering.js';
import { poolingLowerings } from './pooling.js';

export const lowerings: Lowerings = {
  ...elementwiseLowerings,
  ...arrayLowerings,
  ...channelLowerings,
  ...convolutionLowerings,
  ...poolingLowerings,
};
