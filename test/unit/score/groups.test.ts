import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/contracts/program.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { groupsThatShare } from '../../../src/score/groups.js';

const b = programBuilder();
const x = b.input('x', [2, 2]);
const product = (left: Value, right: Value) => b.op('matmul', [left, right], { transposeA: false, transposeB: false });
const read = (value: Value, factor: number) => b.op('multiply', [value, b.scalar(factor)], {});

const first = product(x, x);
const second = product(x, read(x, 3));
const both = b.op('add', [first, second], {});

describe('scores that share a pass', () => {
  it('stand together; others, and those that share no more than an input, apart', () => {
    expect(
      groupsThatShare(b, [[read(first, 2)], [read(second, 2)], [read(first, 4)], [read(x, 5)], [read(x, 6)]]),
    ).toEqual([[0, 2], [1], [3], [4]]);
  });

  it('are joined by one that shares with both', () => {
    expect(groupsThatShare(b, [[read(first, 2)], [read(second, 2)], [read(both, 2)]])).toEqual([[0, 1, 2]]);
  });

  it('need something to compute', () => {
    expect(groupsThatShare(b, [[], [read(first, 2)], []])).toEqual([[1]]);
  });
});
