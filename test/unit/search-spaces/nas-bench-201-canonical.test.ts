import { describe, expect, it } from 'vitest';
import { canonicalization, equivalenceKey } from '../../../search-spaces/nas-bench-201/canonical.js';
import { type Genotype, genotypeAt, indexOf, parse, SIZE } from '../../../search-spaces/nas-bench-201/genotype.js';
import type { EquivalenceView } from '../../../src/contracts/search-space.js';
import { oracleName } from './equivalence-oracle.js';

const canonical = canonicalization();
const cells: readonly Genotype[] = Array.from({ length: SIZE }, (_, index) => genotypeAt(index));
const key = (text: string, view: EquivalenceView) => equivalenceKey(parse(text), view);

describe('canonical cells', () => {
  it.each([
    ['function', 5260],
    ['activations', 5618],
  ] as const)('part the space under view %s as an exhaustive numeric oracle does, into %i classes', (view, count) => {
    const ours = cells.map((cell) => indexOf(canonical(cell, view)));
    const names = cells.map((cell) => oracleName(cell, view));
    const firstOfName = new Map<string, number>();
    names.forEach((name, index) => {
      if (!firstOfName.has(name)) firstOfName.set(name, index);
    });
    expect(ours).toEqual(names.map((name) => firstOfName.get(name)));
    expect(new Set(ours).size).toBe(count);
  });

  it.each([
    ['pools are functions of their own, too', { ownConvolutions: true, ownPools: true }, 5425],
    ['all convolutions of a kind are one function', { ownConvolutions: false, ownPools: false }, 4930],
  ])('differ from published counts as definitions do: where %s', (_, rules, published) => {
    expect(new Set(cells.map((cell) => oracleName(cell, 'function', rules))).size).toBe(published);
  });

  it('are classed fast', () => {
    const started = performance.now();
    canonicalization()(cells[0], 'function');
    // 0.13 s when warm on one core of the build machine; the bound leaves room for a busy one.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('view function', () => {
  const same = (a: string, b: string) => expect(key(a, 'function')).toBe(key(b, 'function'));
  const different = (a: string, b: string) => expect(key(a, 'function')).not.toBe(key(b, 'function'));

  it('does not name nodes', () =>
    same(
      '|nor_conv_3x3~0|+|avg_pool_3x3~0|none~1|+|none~0|nor_conv_1x1~1|skip_connect~2|',
      '|avg_pool_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|nor_conv_1x1~2|',
    ));
  it('ignores what the output does not need', () =>
    same(
      '|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|none~2|',
      '|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|',
    ));
  it('tells one convolution read twice from two convolutions', () =>
    different(
      '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|',
      '|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|',
    ));
  it('keeps the multiplicity of equal terms', () =>
    different(
      '|skip_connect~0|+|none~0|none~1|+|skip_connect~0|skip_connect~1|none~2|',
      '|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|',
    ));
  it('takes pools of equal sums as equal', () =>
    same(
      '|avg_pool_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|',
      '|avg_pool_3x3~0|+|avg_pool_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|',
    ));
  it('does not distribute pooling over a sum', () =>
    different(
      '|nor_conv_3x3~0|+|skip_connect~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|',
      '|nor_conv_3x3~0|+|none~0|none~1|+|avg_pool_3x3~0|avg_pool_3x3~1|none~2|',
    ));
  it('takes a convolution of zero as zero', () =>
    same(
      '|none~0|+|none~0|nor_conv_3x3~1|+|nor_conv_3x3~0|none~1|skip_connect~2|',
      '|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|',
    ));
});

describe('view activations', () => {
  const same = (a: string, b: string) => expect(key(a, 'activations')).toBe(key(b, 'activations'));
  const different = (a: string, b: string) => expect(key(a, 'activations')).not.toBe(key(b, 'activations'));

  it('sees the ReLU of a dead convolution, not its kernel size', () => {
    same(
      '|nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|',
      '|none~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|none~2|',
    );
    different(
      '|nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|',
      '|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|',
    );
  });
  it('sees the kernel size of a dead convolution that another one reads', () =>
    different(
      '|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|',
      '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|',
    ));
  it('tells a ReLU that reads zero from one that reads a convolution', () =>
    different(
      '|nor_conv_1x1~0|+|none~0|nor_conv_1x1~1|+|none~0|none~1|none~2|',
      '|none~0|+|nor_conv_1x1~0|nor_conv_1x1~1|+|none~0|none~1|none~2|',
    ));
});
