/** A plan as it is drawn: one block after the other. */
import type { Drawing } from '../../src/contracts/drawing.js';
import type { BlockPlan, Plan } from './plan.js';

export function planDrawing({ sides, stem, blocks, last, mixed }: Plan): Drawing {
  const chain = [
    { name: 'image', operation: `resized to ${sides.join('×')}` },
    { name: 'stem', operation: 'conv 3×3, stride 2, hard-swish', size: stem },
    ...blocks.map((block) => ({ name: nameOf(block), operation: operationOf(block), size: block.outputs })),
    // Beside these, the sizes of all others would look alike.
    { name: 'last', operation: `conv 1×1 to ${last} channels, hard-swish` },
    { name: 'mix', operation: `mean, linear to ${mixed} channels, hard-swish` },
    { name: 'output', operation: 'linear' },
  ];
  return [{ chain }];
}

/** `stage2.block1` -> `2.1` */
function nameOf({ name }: BlockPlan): string {
  return name.replace('stage', '').replace('block', '');
}

function operationOf({ kernel, inputs, expanded, stride, squeezed, activation }: BlockPlan): string {
  const words = [
    `${kernel}×${kernel}`,
    `expand ${expanded / inputs}`,
    ...(stride > 1 ? [`stride ${stride}`] : []),
    ...(squeezed === undefined ? [] : ['squeeze']),
    activation,
  ];
  return words.join(', ');
}
