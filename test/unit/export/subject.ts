/** What the export tests export: NAS-Bench-201 cells in a skeleton small enough for the reference engine. */
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';

export const subject = {
  space: nasBench201(),
  skeleton: { channels: 4, cells: 1, classes: 10, inputShape: [3, 8, 8] },
  architectures: [],
} as const;

export const MIXED = '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|';

/** Cells in which some or all values do not depend on the image. */
export const WITH_CONSTANTS = [
  '|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|',
  '|none~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_1x1~2|',
  '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|',
];
