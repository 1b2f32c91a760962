/** The residual families against published counts; their networks are compared with PyTorch's elsewhere. */
import { describe, expect, it } from 'vitest';
import { resnet } from '../../../search-spaces/resnet/index.js';
import { resnext } from '../../../search-spaces/resnext/index.js';
import { networkCost } from '../../../src/network/trace.js';

describe('size', () => {
  it.each([
    ['resnet', resnet(), 1_259_712],
    ['resnext, ranges a', resnext(), 11_390_625],
    ['resnext, ranges b', resnext({ ranges: 'b' }), 52_734_375],
  ])('of %s is the published one', (_name, space, size) => {
    expect(space.size).toBe(size);
  });
});

describe('network', () => {
  it('has the weights of its stem, of its bottlenecks as He et al. have them, and of its linear layer, on ImageNet', () => {
    // Stages as those of ResNet-50, of 256, 512 and 1,024 channels and ratio 4, but of other depths.
    const space = resnext({ ranges: 'b', stem: 'imagenet' });
    const { parameters } = networkCost(space.network(space.parse('d=4,4,8 w=256,512,1024 r=4,4,4 g=1,1,1')));
    const block = (width: number) =>
      (2 * width * width) / 4 + 9 * (width / 4) ** 2 + 2 * (width / 4 + width / 4 + width);
    const first = (from: number, to: number) => block(to) - (to * to) / 4 + (from * to) / 4 + from * to + 2 * to;
    const stage = (depth: number, from: number, to: number) => first(from, to) + (depth - 1) * block(to);
    const stem = 49 * 3 * 16 + 2 * 16;
    const expected = stem + stage(4, 16, 256) + stage(4, 256, 512) + stage(8, 512, 1024) + 1025 * 1000;
    expect(parameters).toBe(expected);
  });

  it('multiplies depths by the skeleton’s cells and scales widths by its channels', () => {
    const space = resnet();
    const cost = (text: string, skeleton = {}) => networkCost(space.network(space.parse(text), skeleton)).parameters;
    expect(cost('d=1,1,1 w=16,28,44', { cells: 2 })).toBe(cost('d=2,2,2 w=16,28,44'));
    expect(cost('d=1,1,1 w=16,28,44', { channels: 8 })).toBeLessThan(cost('d=1,1,1 w=16,28,44') / 3);
  });

  it('keeps groups whole where widths are scaled', () => {
    const space = resnext();
    const genotype = space.parse('d=1,1,1 w=16,16,16 r=4,4,4 g=4,4,4');
    for (const channels of [1, 3, 5]) {
      expect(networkCost(space.network(genotype, { channels }))).toEqual(space.cost?.(genotype, { channels }));
    }
  });
});

describe('text', () => {
  const space = resnext();
  const text = 'd=1,2,4 w=16,64,128 r=1,2,4 g=1,1,2';

  it('has a list for each letter', () => {
    expect(space.format(space.parse(`  ${text.replace(' r', '\n r')} `))).toBe(text);
  });

  it.each([
    ['d=1,2,4 w=16,64,128', 'a list for each of d, w, r, g'],
    [text.replace('w=', 'v='), 'the list of w to be written as "w=…"'],
    [text.replace('d=1,2,4', 'd=1,2'), '`d` to have 3 values, got "1,2"'],
    [text.replace('128', '129'), '`w` of stage 3 to be one of 16, 32, 64, 128, 256, got "129"'],
  ])('is refused where it is wrong: %s', (wrong, sentence) => {
    expect(() => space.parse(wrong)).toThrow(sentence);
  });
});

describe('options', () => {
  it('are refused where unknown', () => {
    expect(() => resnext({ ranges: 'c' })).toThrow('Expected `ranges` to be one of a, b, got "c".');
    expect(() => resnext({ range: 'a' })).toThrow('Did you mean "ranges"?');
    expect(() => resnet({ ranges: 'a' })).toThrow('one of stem');
  });
});
