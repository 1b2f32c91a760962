import { describe, expect, it } from 'vitest';
import type { Layer, Network } from '../../../src/contracts/network.js';
import { batchNormalization, convolution, globalAveragePool, linear, relu } from '../../../src/network/layers.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';

/** A branch that reads zeros, and one that no output needs. */
const layer: Layer = (scope, images) => {
  const b = scope.builder;
  const stem = scope.child('stem', convolution({ out: 4, kernel: 3, padding: 1 }), images);
  const norm = scope.child('norm', batchNormalization(), stem);
  const zeros = b.op('broadcast', [b.scalar(0)], { shape: b.shape(norm) });
  const behindZeros = scope.child('zero', convolution({ out: 4, kernel: 3, padding: 1, groups: 2 }), zeros);
  scope.child('unread', convolution({ out: 6, kernel: 1, stride: 2, bias: true }), norm);
  const total = b.op('add', [norm, behindZeros], {});
  const pooled = scope.child('pool', globalAveragePool, scope.child('relu', relu, total));
  return scope.child('head', linear({ out: 5 }), pooled);
};

const network: Network = { inputShape: [3, 8, 6], classes: 5, layer };

describe('networkCost', () => {
  it('counts every parameter and every product of convolutions and linear layers, for one image', () => {
    const pixels = 8 * 6;
    const stem = { weights: 4 * 3 * 9, products: 4 * pixels * (3 * 9) };
    const zero = { weights: 4 * 2 * 9, products: 4 * pixels * (2 * 9) };
    const unread = { weights: 6 * 4 + 6, products: 6 * (4 * 3) * 4 };
    const head = { weights: 5 * 4 + 5, products: 5 * 4 };
    const norm = 4 + 4;
    expect(networkCost(network)).toEqual({
      parameters: stem.weights + zero.weights + unread.weights + head.weights + norm,
      multiplyAdds: stem.products + zero.products + unread.products + head.products,
    });
  });

  it('counts what the program itself leaves out', () => {
    const traced = traceNetwork(network, { batch: 1, mode: 'evaluate' });
    const { values } = traced.builder.finish({ logits: traced.logits });
    const convolutions = values.filter(
      ({ definition }) => definition.kind === 'op' && definition.op.primitive === 'conv2d',
    );
    expect(convolutions).toHaveLength(1);
  });

  it('counts equal branches apart', () => {
    const twice: Layer = (scope, x) => {
      const branch = convolution({ out: 2, kernel: 1 });
      const sum = scope.builder.op('add', [scope.child('a', branch, x), scope.child('b', branch, x)], {});
      return scope.child('pool', globalAveragePool, sum);
    };
    expect(networkCost({ inputShape: [3, 2, 2], classes: 2, layer: twice })).toEqual({
      parameters: 2 * 6,
      multiplyAdds: 2 * (2 * 4 * 3),
    });
  });
});
