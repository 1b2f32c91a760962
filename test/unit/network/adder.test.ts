import { describe, expect, it } from 'vitest';
import type { Network } from '../../../src/contracts/network.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { type AdderConv2dOptions, adderConv2d } from '../../../src/network/adder.js';
import { networkCost, traceLayer } from '../../../src/network/trace.js';
import { flatten } from './precise.js';

const shapeOf = (options: AdderConv2dOptions) => {
  const builder = programBuilder();
  const x = builder.input('x', [2, 3, 7, 5]);
  return builder.shape(traceLayer(adderConv2d(options), x, { builder, mode: 'train' }).output);
};

describe('an adder convolution', () => {
  it('makes images as large as those of a convolution', () => {
    expect(shapeOf({ out: 4, kernel: 3 })).toEqual([2, 4, 5, 3]);
    expect(shapeOf({ out: 4, kernel: [1, 5], stride: [3, 1], padding: [0, 2] })).toEqual([2, 4, 3, 5]);
  });

  it('refuses images that are smaller than its filter', () => {
    expect(() => shapeOf({ out: 4, kernel: 6 })).toThrow(
      'Expected an image at least as large as the window of filter [4, 3, 6, 6], got [2, 3, 7, 5].',
    );
  });

  it('counts its filter and multiplies nothing', () => {
    const layer: Network['layer'] = (scope, x) =>
      flatten(scope, scope.child('adder', adderConv2d({ out: 4, kernel: 3 }), x));
    const network = { inputShape: [3, 4, 4], classes: 16, layer } as const;
    expect(networkCost(network)).toEqual({ parameters: 4 * 3 * 9, multiplyAdds: 0 });
  });
});
