/**
 * The conformance suite of gradient rules: what passes has gradients of the right shapes, finite where numbers are degenerate, and equal to
 * what the rule says of itself. Run it with any runner of the usual form:
 *
 *     gradientRuleConformance({ describe, it, expect }, { name: 'square', layer, input: normal(2, 3), oracle: 'central-differences' });
 */
import type { KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { Layer, NetworkMode } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { programBuilder } from '../kernels/program.js';
import { referenceBackend } from '../kernels/reference/index.js';
import { formatShape } from '../kernels/shapes.js';
import { traceLayer } from '../network/trace.js';
import {
  type GivenTensors,
  givenTensors,
  gradientName,
  type LayerCase,
  layerGradientErrors,
  layerGradients,
} from './gradient-rule-programs.js';
import type { CaseInput } from './kernel-backend-inputs.js';
import { worstError } from './kernel-backend-programs.js';
import { expectTensors } from './kernel-backend-runner.js';
import type { TestRunner } from './runner.js';

/** What a layer's forward formula and its gradient rule make of the given tensors. */
export interface FormulaResult {
  readonly y: ArrayLike<number>;
  /** Gradient of the input; absent: zeros. */
  readonly dx?: ArrayLike<number>;
  /** Gradients of parameters by name; absent: zeros. */
  readonly gradients?: Readonly<Record<string, ArrayLike<number>>>;
}

/** The layer and its rule, written once more as plain loops over float64. */
export type GradientFormula = (given: GivenTensors) => FormulaResult;

export interface GradientRuleSubject {
  readonly name: string;
  /** The layer that has the rule. */
  readonly layer: Layer;
  /** What it is given; away from its kinks, where it claims to be exact. */
  readonly input: CaseInput;
  /** 'central-differences' where the rule claims to be the derivative; its own formula where it does not. */
  readonly oracle: 'central-differences' | GradientFormula;
  /** Parameters and statistics that are drawn otherwise than as they begin, by name. */
  readonly tensors?: Readonly<Record<string, CaseInput>>;
  /** Default 'train'. */
  readonly mode?: NetworkMode;
  /** Engines by name, default `reference` and `onnxruntime`. */
  readonly engines?: Readonly<Record<string, () => Promise<KernelBackend>>>;
}

/** Errors allowed, relative to the largest magnitude of each result. In float64 only a program's constants are rounded to float32. */
const FORMULA_TOLERANCE = 1e-6;
const DIFFERENCES_TOLERANCE = 1e-5;
const ENGINE_TOLERANCE = 1e-4;

const ENGINES: NonNullable<GradientRuleSubject['engines']> = {
  reference: async () => referenceBackend(),
  onnxruntime: async () => (await import('../kernels/onnxruntime/index.js')).onnxruntimeBackend(),
};

/** Registers the suite for a rule. */
export function gradientRuleConformance(runner: TestRunner, subject: GradientRuleSubject): void {
  const { mode = 'train', tensors = {}, engines = ENGINES } = subject;
  const layerCase: LayerCase = { ...subject, mode, tensors };
  runner.describe(`gradient rule of ${subject.name}`, () => {
    describeShapes(runner, layerCase);
    describeDegenerate(runner, layerCase);
    describeOracle(runner, layerCase, subject.oracle);
    for (const [name, engine] of Object.entries(engines)) describeEngine(runner, layerCase, name, engine);
  });
}

function describeShapes({ it, expect }: TestRunner, layerCase: LayerCase): void {
  it('is in the program', () => {
    expect(ownRules(layerCase).length).toBeGreaterThan(0);
  });
  it('gives each input a gradient of its dtype and shape', () => {
    for (const { builder, output, inputs, rule } of ownRules(layerCase)) {
      const gradients = rule(builder, builder.input('dy', builder.shape(output)));
      expect(gradients.length, 'gradients').toBe(inputs.length);
      gradients.forEach((gradient, i) => {
        if (gradient !== undefined) expect(typeOf(builder, gradient)).toBe(typeOf(builder, inputs[i]));
      });
    }
  });
}

function typeOf(builder: ProgramBuilder, value: Value): string {
  const { dtype, shape } = builder.info(value);
  return `${dtype} ${formatShape(shape)}`;
}

/** Every value of the layer's program that has a rule of its own, each in a new program, to which its rule may add. */
function ownRules({ layer, input, mode }: LayerCase) {
  const trace = () => {
    const builder = programBuilder();
    traceLayer(layer, builder.input('x', input.shape, input.dtype), { builder, mode });
    return builder;
  };
  return Array.from({ length: trace().size }, (_, output) => output).flatMap((output) => {
    const builder = trace();
    const own = builder.gradientRule(output);
    return own ? [{ builder, output, ...own }] : [];
  });
}

/** Where quotients, roots, logarithms and powers go wrong first. */
const DEGENERATE: Readonly<Record<string, number>> = {
  zeros: 0,
  ones: 1,
  'tiny numbers': 1e-30,
  'large numbers': -1e4,
};

const filled = (tensor: Tensor, value: number): Tensor =>
  tensor.dtype === 'int32' ? tensor : { ...tensor, data: new Float32Array(tensor.data.length).fill(value) };

function describeDegenerate({ it, expect }: TestRunner, layerCase: LayerCase): void {
  const staysFinite = async (change: (given: GivenTensors) => Partial<GivenTensors>) => {
    const given = givenTensors(layerCase);
    const results = await layerGradients(referenceBackend(), layerCase, { ...given, ...change(given) });
    for (const [name, { data }] of Object.entries(results)) expect(data.every(Number.isFinite), name).toBe(true);
  };
  for (const [words, value] of Object.entries(DEGENERATE)) {
    it(`is finite for ${words} as input`, () => staysFinite(({ x }) => ({ x: filled(x, value) })));
    it(`is finite for ${words} as gradient of the output`, () => staysFinite(({ dy }) => ({ dy: filled(dy, value) })));
  }
  it('is finite for parameters and statistics of zero', () =>
    staysFinite(({ tensors }) => {
      const zeros = Object.entries(tensors).map(([name, tensor]) => [name, filled(tensor, 0)] as const);
      return { tensors: Object.fromEntries(zeros) };
    }));
}

function describeOracle({ it, expect }: TestRunner, layerCase: LayerCase, oracle: GradientRuleSubject['oracle']): void {
  if (oracle === 'central-differences') {
    it('is the derivative, by central differences', async () => {
      const errors = await layerGradientErrors(layerCase, givenTensors(layerCase));
      for (const error of errors) expect(error).toBeLessThan(DIFFERENCES_TOLERANCE);
    });
    return;
  }
  it('is what its formula says', async () => {
    const given = givenTensors(layerCase);
    const results = await layerGradients(referenceBackend({ precision: 'float64' }), layerCase, given);
    const { y, dx, gradients = {} } = oracle(given);
    const expected: Record<string, ArrayLike<number> | undefined> = { y, dx };
    for (const [name, gradient] of Object.entries(gradients)) expected[gradientName(name)] = gradient;
    for (const name of Object.keys(expected)) expect(Object.keys(results).includes(name), name).toBe(true);
    for (const [name, { data }] of Object.entries(results)) {
      const wanted = expected[name] ?? new Float64Array(data.length);
      expect(worstError(wanted, data), name).toBeLessThan(FORMULA_TOLERANCE);
    }
  });
}

function describeEngine(
  { describe, it, expect }: TestRunner,
  layerCase: LayerCase,
  name: string,
  engine: () => Promise<KernelBackend>,
): void {
  const agrees = async (inMode: LayerCase) => {
    const given = givenTensors(inMode);
    const expected = await layerGradients(referenceBackend({ precision: 'float64' }), inMode, given);
    expectTensors(expect, await layerGradients(await engine(), inMode, given), expected, ENGINE_TOLERANCE);
  };
  describe(`on ${name}`, () => {
    it('has the same output and gradients', () => agrees(layerCase));
    it('and in evaluation', () => agrees({ ...layerCase, mode: 'evaluate' }));
  });
}
