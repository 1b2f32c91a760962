import { describe, expect, it } from 'vitest';
import { parseDataSpec } from '../../../src/data/spec.js';
import { expectRefusal } from './helpers.js';

describe('parseDataSpec', () => {
  it('reads the synthetic set with and without options', () => {
    expect(parseDataSpec('synthetic')).toEqual({ kind: 'synthetic', train: 4000, test: 1000 });
    expect(parseDataSpec('synthetic:train=2000,test=500')).toEqual({ kind: 'synthetic', train: 2000, test: 500 });
    expect(parseDataSpec('synthetic:test=20')).toEqual({ kind: 'synthetic', train: 4000, test: 20 });
  });

  it('takes everything after the first colon as the path', () => {
    expect(parseDataSpec('cifar10:/data/a,b:c=d')).toEqual({ kind: 'cifar10', path: '/data/a,b:c=d' });
    expect(parseDataSpec('mnist:C:\\mnist')).toEqual({ kind: 'mnist', path: 'C:\\mnist' });
  });

  it('refuses unknown kinds and options with the nearest name', async () => {
    await expectRefusal(() => parseDataSpec('cifar01:x'), 'usage', '"cifar01"', 'Did you mean "cifar10"?');
    await expectRefusal(() => parseDataSpec('synthetic:trian=20'), 'usage', 'Did you mean "train"?');
    await expectRefusal(() => parseDataSpec(''), 'usage', 'synthetic, cifar10, cifar100, mnist');
  });

  it('refuses missing paths and malformed options', async () => {
    await expectRefusal(() => parseDataSpec('cifar10'), 'usage', 'cifar10:PATH');
    await expectRefusal(() => parseDataSpec('mnist:'), 'usage', 'mnist:DIRECTORY');
    await expectRefusal(() => parseDataSpec('synthetic:'), 'usage', 'train=2000');
    await expectRefusal(() => parseDataSpec('synthetic:train=-5'), 'usage', 'train=2000');
    await expectRefusal(() => parseDataSpec('synthetic:train=5'), 'usage', 'from 10 to 200000');
    await expectRefusal(() => parseDataSpec('synthetic:train=20,train=30'), 'usage', 'given once');
  });
});
