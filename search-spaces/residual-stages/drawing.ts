/** A genotype as it is drawn: a chain of stages, as wide as their bars. */
import type { ChainBlock, Drawing } from '../../src/contracts/drawing.js';
import { type Genotype, STAGES } from './genotype.js';

export function stagesDrawing({ d, w, r, g }: Genotype): Drawing {
  const stages = Array.from({ length: STAGES }, (_, i): ChainBlock => {
    const bottleneck = r && g ? `, bottlenecks of ${w[i] / r[i]} in ${counted(g[i], 'group')}` : '';
    return { name: `stage ${i + 1}`, operation: `${counted(d[i], 'block')}${bottleneck}`, size: w[i] };
  });
  return [{ chain: [{ name: 'stem' }, ...stages, { name: 'output', operation: 'mean, linear' }] }];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
