/** Every layer of the package that has a gradient rule of its own, and what the suite must find. */
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../src/contracts/network.js';
import type { Value } from '../../src/contracts/program.js';
import type { ProgramBuilder } from '../../src/contracts/program-builder.js';
import { referenceBackend } from '../../src/kernels/reference/index.js';
import { batchNormalization } from '../../src/network/layers.js';
import {
  type GradientFormula,
  type GradientRuleSubject,
  gradientRuleConformance,
  normal,
  positive,
  type TestRunner,
} from '../../src/testing/index.js';
import { adderSubjects } from './gradient-rules/adder.js';
import { implicitSubjects } from './gradient-rules/implicit.js';
import { straightThroughSubjects } from './gradient-rules/straight-through.js';

const runner = { describe, it, expect };

gradientRuleConformance(runner, {
  name: 'batchNormalization',
  layer: batchNormalization(),
  input: normal(3, 2, 4, 4),
  oracle: 'central-differences',
  tensors: { weight: positive(2), bias: normal(2), running_var: positive(2) },
});

for (const subject of [...adderSubjects, ...implicitSubjects, ...straightThroughSubjects]) {
  gradientRuleConformance(runner, subject);
}

/** Runs what the suite registers and gives the names of the tests that failed. */
async function failuresOf(subject: GradientRuleSubject): Promise<string[]> {
  const tests: (readonly [string, () => void | Promise<void>])[] = [];
  const recorder: TestRunner = {
    describe: (_, define) => define(),
    it: (name, body) => tests.push([name, body]),
    expect,
  };
  gradientRuleConformance(recorder, { engines: { reference: async () => referenceBackend() }, ...subject });
  const failed: string[] = [];
  for (const [name, body] of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

/** x² with a gradient of its own. */
const square =
  (rule: (b: ProgramBuilder, x: Value, dy: Value) => readonly (Value | undefined)[]): Layer =>
  ({ builder }, x) =>
    builder.customGradient(builder.op('multiply', [x, x], {}), [x], (b, dy) => rule(b, x, dy));

const times = (b: ProgramBuilder, ...[first, ...others]: readonly Value[]) =>
  others.reduce((product, value) => b.op('multiply', [product, value], {}), first);

describe('what the suite finds', () => {
  const subject = (layer: Layer, oracle: GradientRuleSubject['oracle'] = 'central-differences') => ({
    name: 'square',
    layer,
    input: normal(2, 3),
    oracle,
  });
  const right = square((b, x, dy) => [times(b, dy, x, b.scalar(2))]);
  const formula: GradientFormula = ({ x, dy }) => ({
    y: x.data.map((each) => each ** 2),
    dx: x.data.map((each, i) => 2 * each * dy.data[i]),
  });
  const plain: Layer = ({ builder }, x) => builder.op('multiply', [x, x], {});
  const cases: readonly (readonly [string, GradientRuleSubject, readonly string[]])[] = [
    ['nothing, where there is nothing', subject(right), []],
    ['nothing against the right formula', subject(right, formula), []],
    ['a layer without a rule', subject(plain), ['is in the program']],
    [
      'a factor that is missing',
      subject(square((b, x, dy) => [times(b, dy, x)])),
      ['is the derivative, by central differences'],
    ],
    [
      'the same by a formula',
      subject(
        square((b, x, dy) => [times(b, dy, x)]),
        formula,
      ),
      ['is what its formula says'],
    ],
    [
      'a gradient that does not flow',
      subject(
        square(() => [undefined]),
        formula,
      ),
      ['is what its formula says'],
    ],
    [
      'a formula of another forward',
      subject(right, (given) => ({ ...formula(given), y: given.x.data })),
      ['is what its formula says'],
    ],
    [
      'a formula for a parameter that is not there',
      subject(right, (given) => ({ ...formula(given), gradients: { weight: [0] } })),
      ['is what its formula says'],
    ],
  ];
  it.each(cases)('%s', async (_, each, failing) => {
    expect(await failuresOf(each)).toEqual(failing);
  });

  it('a quotient of zeros', async () => {
    // 2·x²/x: right wherever x is not zero.
    const quotient = square((b, x, dy) => [times(b, dy, b.op('divide', [times(b, x, x, b.scalar(2)), x], {}))]);
    expect(await failuresOf(subject(quotient))).toEqual(['is finite for zeros as input']);
  });

  it('gradients of the wrong shape, and too many', async () => {
    const wrongShape = square((b, x, dy) => [b.op('sum', [times(b, dy, x)], { axes: [0], keepAxes: false })]);
    const tooMany = square((b, x, dy) => [times(b, dy, x), dy]);
    for (const layer of [wrongShape, tooMany]) {
      expect(await failuresOf(subject(layer))).toContain('gives each input a gradient of its dtype and shape');
    }
  });
});
