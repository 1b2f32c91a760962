/**
 * Gradients of each sample by itself (Dangel, Kunstner & Hennig, "BackPACK: Packing more into backprop", ICLR 2020, section 2.2): one backward
 * pass over the batch gives the gradients of the outputs of all layers, sample by sample in rows; only the last step of each layer, to its
 * parameters, is done without the sum over the batch.
 */
import { NascentError } from '../../base/errors.js';
import type { Op, PrimitiveName, Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';
import { differentiate, flows, gradientInputs, valuesThatLeadTo } from '../gradients.js';
import { formatShape, shapeError } from '../shapes.js';
import { requireRows, type SampleRole, sampleRoles } from './roles.js';
import { type SplitRules, splitRules } from './split-rules.js';

export interface PerSampleOptions {
  /** The values that hold one row a sample to begin with: images, labels, noise. */
  readonly samples: readonly Value[];
  /** Gradient of the losses themselves, of their shape (default: ones). With a seed, `losses` may have axes after the first. */
  readonly seed?: Value;
}

/**
 * Appends to the program the gradient of each sample's own loss.
 * @param losses [N]: row n is the loss of sample n and depends on no other sample. Normalisation therefore needs frozen statistics.
 * @param wrt shared values, as parameters are; each gets zeros where the losses do not depend on it.
 * @returns one value for each of `wrt`, [N, ...its shape]. Their mean over the first axis is the gradient of the mean loss.
 * @throws NascentError `usage` where losses join samples, or a parameter is used in a way that has no rule for its split.
 */
export function perSampleGradients(
  b: ProgramBuilder,
  losses: Value,
  wrt: readonly Value[],
  { samples, seed }: PerSampleOptions,
): Value[] {
  if (seed === undefined && b.shape(losses).length !== 1) {
    throw shapeError(`Expected one loss for each sample, got shape ${formatShape(b.shape(losses))}.`);
  }
  const uses = parameterUses(b, losses, wrt, samples);
  return uses.split(differentiate(b, losses, uses.outputs, seed ?? ones(b, b.shape(losses))));
}

function ones(b: ProgramBuilder, shape: readonly number[]): Value {
  return b.op('broadcast', [b.scalar(1)], { shape });
}

/** Where parameters meet samples. */
export interface ParameterUses {
  /** Number of samples. */
  readonly count: number;
  /** Outputs of the ops in which a shared operand that leads to a parameter meets rows; each [N, ...]. */
  readonly outputs: readonly Value[];
  /** Those of `outputs` in which one parameter is used. */
  of(parameter: Value): readonly Value[];
  /** The first shared value that is no linear function of the parameters, if there is one: a filter that is scaled by its own norm, say. */
  readonly transformed?: Value;
  /** From a gradient of each of `outputs`, of its shape, the per-sample gradients of the parameters. It is linear in them. */
  split(gradients: readonly Value[]): Value[];
}

/** The uses of parameters that `target`, which holds one row a sample, depends on. Errors as of `perSampleGradients`. */
export function parameterUses(
  b: ProgramBuilder,
  target: Value,
  wrt: readonly Value[],
  samples: readonly Value[],
): ParameterUses {
  const roles = sampleRoles(b, samples, Math.max(target, ...wrt));
  requireRows(b, 'what is differentiated', target, roles);
  if (wrt.some((value) => roles[value] !== 'shared')) {
    throw new NascentError('usage', 'Expected parameters that all samples share, got a value that depends on samples.');
  }
  const graph = { b, roles, leads: valuesThatLeadTo(b, wrt, target) };
  const outputs = meetings(graph, target);
  const inShared = (value: Value) =>
    roles[value] === 'shared' && gradientInputs(b, value).some((one) => graph.leads.has(one));
  const [count] = b.shape(target);
  const zeros = (value: Value) => b.op('broadcast', [b.scalar(0)], { shape: [count, ...b.shape(value)] });
  return {
    count,
    outputs,
    transformed: [...graph.leads].find((value) => inShared(value) && carryRule(b, value) === undefined),
    of: (parameter) => {
      const leads = valuesThatLeadTo(b, [parameter], target);
      const uses = (input: Value) => leads.has(input) && roles[input] === 'shared';
      return outputs.filter((output) => gradientInputs(b, output).some(uses));
    },
    split: (gradients) => {
      const found = splitGradients(graph, outputs, gradients);
      return wrt.map((value) => found.get(value) ?? zeros(value));
    },
  };
}

interface Graph {
  readonly b: ProgramBuilder;
  readonly roles: readonly SampleRole[];
  /** Values that depend on a parameter. */
  readonly leads: ReadonlySet<Value>;
}

/** Values with rows, on the way of gradients from `target`, one of whose operands is shared and leads to a parameter. */
function meetings({ b, roles, leads }: Graph, target: Value): Value[] {
  const reached = new Set<Value>([target]);
  const found: Value[] = [];
  for (let value = target; value >= 0; value--) {
    if (!reached.has(value) || roles[value] !== 'rows') continue;
    const inputs = gradientInputs(b, value).filter((input) => leads.has(input));
    for (const input of inputs) reached.add(input);
    if (inputs.some((input) => roles[input] === 'shared')) found.push(value);
  }
  return found;
}

/** Per-sample gradients of every shared value that leads to a parameter: first where it meets samples, then back through shared ops. */
function splitGradients(graph: Graph, outputs: readonly Value[], gradients: readonly Value[]): Map<Value, Value> {
  const { b } = graph;
  const found = new Map<Value, Value>();
  const receive = (parts: Parts) => {
    for (const [input, part] of parts) {
      const before = found.get(input);
      found.set(input, before === undefined ? part : b.op('add', [before, part], {}));
    }
  };
  outputs.forEach((value, i) => {
    receive(splitAtMeeting(graph, value, gradients[i]));
  });
  for (let value = Math.max(-1, ...found.keys()); value >= 0; value--) {
    const dy = found.get(value);
    if (dy !== undefined) receive(carriedBack(graph, value, dy));
  }
  return found;
}

/** Operands with their per-sample gradients. */
type Parts = readonly (readonly [Value, Value])[];

/** What an op in which samples meet a parameter sends to its shared operands. */
function splitAtMeeting<P extends PrimitiveName>({ b, roles, leads }: Graph, y: Value, dy: Value): Parts {
  const wants = (input: Value) => leads.has(input) && roles[input] === 'shared';
  if (b.gradientRule(y)) throw refused(b, y, 'a gradient rule of its own');
  const op = b.opOf(y) as Op<P>;
  const entry = splitRules[op.primitive] as SplitRules<P> | 'none' | 'refused';
  if (entry === 'none') return [];
  const parts = (entry === 'refused' ? undefined : entry.meets?.({ b, op, y, dy, wants })) ?? [];
  return op.inputs.flatMap((input, i) => {
    if (!wants(input)) return [];
    const part = parts[i];
    if (part === undefined) throw refused(b, y, op.primitive);
    return [[input, part] as const];
  });
}

/** The rule of an op that only moves the numbers of a shared operand. */
function carryRule(b: ProgramBuilder, value: Value) {
  const op = b.gradientRule(value) ? undefined : b.opOf(value);
  const entry = op && splitRules[op.primitive];
  return typeof entry === 'object' ? (entry as SplitRules<PrimitiveName>).carries : undefined;
}

/** What a shared value sends to its operands: moved back all at once, or, where the op computes, by its own rule sample by sample. */
function carriedBack({ b, leads }: Graph, y: Value, dy: Value): Parts {
  const inputs = gradientInputs(b, y).filter((input) => leads.has(input));
  if (inputs.length === 0) return [];
  const rule = carryRule(b, y);
  if (rule) {
    const parts = rule({ b, op: b.opOf(y)!, y, dy, wants: (input) => leads.has(input) });
    return [[inputs[0], parts[0]!]];
  }
  const [count, ...shape] = b.shape(dy);
  const sent = Array.from({ length: count }, (_, n) => {
    const row = b.op('slice', [dy], { start: [n, ...shape.map(() => 0)], size: [1, ...shape] });
    return flows(b, y, b.op('reshape', [row], { shape }), leads);
  });
  return sent[0].map(([input], i) => {
    const rows = sent.map((parts) => b.op('reshape', [parts[i][1]], { shape: [1, ...b.shape(input)] }));
    return [input, b.op('concatenate', rows, { axis: 0 })] as const;
  });
}

function refused(b: ProgramBuilder, value: Value, use: string): NascentError {
  const { definition } = b.info(value);
  const place = definition.kind === 'op' && definition.label ? ` in ${definition.label}` : '';
  return new NascentError(
    'usage',
    `Expected parameters only where their gradient can be split over samples, got one that meets them in ${use}${place}.`,
  );
}
