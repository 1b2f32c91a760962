/**
 * How the values of a program hold the samples of a batch. What is computed for each sample by itself lies in rows: row n of
 * the first axis is of sample n and of no other. Only then has each sample a gradient of its own.
 */
import { NascentError } from '../../base/errors.js';
import type { PrimitiveName, Primitives, Shape, Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';
import { shapeError } from '../shapes.js';

/** 'shared': the same for all samples. 'rows': one row a sample. 'mixed': depends on several samples at once. */
export type SampleRole = 'shared' | 'rows' | 'mixed';

interface RowContext<P extends PrimitiveName> {
  /** At least one holds rows, and none is mixed. */
  readonly inputs: readonly { readonly rows: boolean; readonly shape: Shape }[];
  readonly attributes: Primitives[P];
  readonly shape: Shape;
}

/** Whether the output holds rows again. */
type RowRule<P extends PrimitiveName> = (context: RowContext<P>) => boolean;

/** Rows stay on the first axis and keep their number. */
const aligned: RowRule<PrimitiveName> = ({ inputs, shape }) =>
  inputs.every((x) => !x.rows || (x.shape.length === shape.length && x.shape[0] === shape[0]));

/** Only the operand at `index` may hold rows: the others serve all samples alike. */
const onlyOperand =
  (index: number): RowRule<PrimitiveName> =>
  ({ inputs }) =>
    inputs.every((x, i) => x.rows === (i === index));

const never: RowRule<PrimitiveName> = () => false;
const reduced: RowRule<'sum' | 'max'> = ({ attributes }) => !attributes.axes.includes(0);
const lastAxis: RowRule<'argMax' | 'logSoftmax'> = ({ inputs }) => inputs[0].shape.length > 1;

/** The table: a primitive without a rule does not compile. */
const rowRules: { readonly [P in PrimitiveName]: RowRule<P> } = {
  add: aligned,
  subtract: aligned,
  multiply: aligned,
  divide: aligned,
  maximum: aligned,
  greater: aligned,
  equal: aligned,
  negate: aligned,
  exponential: aligned,
  logarithm: aligned,
  squareRoot: aligned,
  absolute: aligned,
  sign: aligned,
  round: aligned,
  clip: aligned,
  relu: aligned,
  reluGradient: aligned,
  sigmoid: aligned,
  tanh: aligned,
  toFloat: aligned,
  sum: reduced,
  max: reduced,
  argMax: lastAxis,
  logSoftmax: lastAxis,
  // Elements keep their order, so the first axis keeps its meaning where it keeps its length.
  reshape: ({ inputs, shape }) => shape[0] === inputs[0].shape[0],
  transpose: ({ attributes }) => attributes.permutation[0] === 0,
  broadcast: aligned,
  slice: ({ inputs, attributes }) => attributes.size[0] === inputs[0].shape[0],
  concatenate: ({ attributes }) => attributes.axis !== 0,
  pad: ({ attributes }) => attributes.padding[0].every((count) => count === 0),
  oneHot: ({ inputs }) => inputs[0].shape.length > 0,
  // Matrices of equal leading axes are multiplied one by one; two plain matrices join the columns of the first.
  matmul: (context) => context.shape.length > 2 || (onlyOperand(0)(context) && !context.attributes.transposeA),
  conv2d: onlyOperand(0),
  conv2dInputGradient: onlyOperand(1),
  conv2dFilterGradient: never,
  averagePool2d: aligned,
  averagePool2dGradient: aligned,
  maxPool2d: aligned,
  maxPool2dGradient: aligned,
  maxPool2dGather: aligned,
  channelSum: never,
  channelDot: never,
  channelMean: never,
  channelVariance: never,
  channelAffine: onlyOperand(0),
  batchNorm: onlyOperand(0),
  positiveOverlap: never,
};

/**
 * The role of every value up to `last`.
 * @param samples the values that hold one row a sample to begin with
 * @throws NascentError `shape` where these differ in the number of samples
 */
export function sampleRoles(b: ProgramBuilder, samples: readonly Value[], last: Value): SampleRole[] {
  const counts = new Set(samples.map((value) => b.shape(value)[0]));
  if (counts.size !== 1) throw shapeError(`Expected one number of samples, got ${[...counts].join(', ') || 'none'}.`);
  const [count] = counts;
  const given = new Set(samples);
  // Dead branches were folded to zeros: rows of samples that happen to be equal.
  const isDeadBranch = (value: Value) => b.isZero(value) && b.shape(value).length > 1 && b.shape(value)[0] === count;
  const roles: SampleRole[] = [];
  for (let value = 0; value <= last; value++) {
    roles.push(given.has(value) || isDeadBranch(value) ? 'rows' : roleOf(b, value, roles));
  }
  return roles;
}

function roleOf(b: ProgramBuilder, value: Value, roles: readonly SampleRole[]): SampleRole {
  const op = b.opOf(value);
  const before = op?.inputs.map((input) => roles[input]) ?? [];
  if (op === undefined || before.every((role) => role === 'shared')) return 'shared';
  // A number of the whole batch that gradients take for a constant, as frozen statistics are, joins no samples.
  if (before.includes('mixed')) return b.gradientRule(value)?.inputs.length === 0 ? 'shared' : 'mixed';
  const inputs = op.inputs.map((input) => ({ rows: roles[input] === 'rows', shape: b.shape(input) }));
  const rule = rowRules[op.primitive] as RowRule<PrimitiveName>;
  return rule({ inputs, attributes: op.attributes, shape: b.shape(value) }) ? 'rows' : 'mixed';
}

/**
 * Refuses a value that does not hold one row a sample.
 * @throws NascentError `usage` that names the first op by which samples were joined
 */
export function requireRows(b: ProgramBuilder, what: string, value: Value, roles: readonly SampleRole[]): void {
  if (roles[value] === 'rows') return;
  const wish = `Expected ${what} to have one row for each sample`;
  if (roles[value] === 'shared') throw new NascentError('usage', `${wish}, got a value that no sample changes.`);
  const { definition } = b.info(firstMixed(b, value, roles));
  if (definition.kind !== 'op') throw new Error('Only ops mix samples.');
  const place = definition.label ? ` of ${definition.label}` : '';
  throw new NascentError(
    'usage',
    `${wish}, got one that ${definition.op.primitive}${place} joins samples in; normalisation needs frozen statistics (modes 'frozen' and 'evaluate').`,
  );
}

/** The earliest value that `value` depends on and that is mixed. */
function firstMixed(b: ProgramBuilder, value: Value, roles: readonly SampleRole[]): Value {
  const reached = new Set<Value>([value]);
  let first = value;
  for (let one = value; one >= 0; one--) {
    if (!reached.has(one) || roles[one] !== 'mixed') continue;
    first = one;
    for (const input of b.opOf(one)?.inputs ?? []) reached.add(input);
  }
  return first;
}
