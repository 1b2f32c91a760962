/**
 * Cells that mix adder convolutions (AdderNet) with ordinary ones: a search finds out where multiplications are worth their cost. Adder
 * convolutions count no multiply-adds, so a bound of these asks for them.
 * In the folder of this file:
 *
 *     npx nascent search --space ./adder-cells.ts --strategy random --train 8 --at-most multiplyAdds=20e6
 */
import { defineSpace } from 'nascent';

export default defineSpace({
  name: 'adder-cells',
  cell: { nodes: 3, operations: ['none', 'skip_connect', 'nor_conv_3x3', 'adder_conv_3x3'] },
  skeleton: { channels: 8, cells: 1 },
});
