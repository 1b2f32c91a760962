/** A layer's own rule in a program: what it may give, and what is refused. */
import { describe, expect, it } from 'vitest';
import { NascentError } from '../../../src/base/errors.js';
import type { Value } from '../../../src/contracts/program.js';
import type { CustomGradient } from '../../../src/contracts/program-builder.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { programBuilder } from '../../../src/kernels/program.js';

function derive(rule: CustomGradient): readonly Value[] {
  const b = programBuilder();
  const [x, w] = [b.input('x', [2, 3]), b.input('w', [3])];
  const product = b.customGradient(b.op('multiply', [x, w], {}), [x, w], rule);
  return differentiate(b, b.op('sum', [product], { axes: [0, 1], keepAxes: false }), [x, w]);
}

const refusals: readonly (readonly [string, CustomGradient, string])[] = [
  ['too few gradients', (_, dy) => [dy], 'Expected a gradient rule to give 2 gradients, one for each input, got 1.'],
  [
    'a gradient of another shape',
    (_, dy) => [dy, dy],
    'Expected a gradient rule to give float32 [3] for input 2, got float32 [2, 3].',
  ],
  [
    'a gradient of another dtype',
    (b, dy) => [b.op('argMax', [b.op('reshape', [dy], { shape: [2, 3, 1] })], {}), undefined],
    'Expected a gradient rule to give float32 [2, 3] for input 1, got int32 [2, 3].',
  ],
];

describe('a gradient rule of a layer', () => {
  it('may let no gradient flow', () => {
    expect(derive((_, dy) => [dy, undefined])).toHaveLength(2);
  });

  it.each(refusals)('is refused for %s', (_, rule, sentence) => {
    expect(() => derive(rule)).toThrow(new NascentError('shape', sentence));
  });
});
