/**
 * Elementwise ops on long vectors and matrices, one after the other, as an optimiser's update is: onnxruntime runs each over the whole, so
 * that every op fetches its operands from memory. In a `Scan` all ops run over one piece before the next, which stays in the cache; pieces
 * are read and written where they lie. (Images are left alone: they have layouts of their own.)
 */
import { create } from '@bufbuild/protobuf';
import type { Op, PrimitiveName, Program, Shape, Value } from '../../contracts/program.js';
import { equalShapes, sizeOf } from '../shapes.js';
import type { GraphWriter, Name } from './graph.js';
import type { Layouts } from './layouts.js';
import { GraphProtoSchema } from './onnx.gen.js';
import { valueInfo } from './value-info.js';

/** Ops that run together, in order, and what others read of them. */
export interface Chain {
  readonly shape: Shape;
  /** Numbers in a piece. */
  readonly piece: number;
  readonly members: readonly Value[];
  readonly read: readonly Value[];
}

/** The ONNX nodes of what may be a member. */
const elementwise: { readonly [P in PrimitiveName]?: string } = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  maximum: 'Max',
  negate: 'Neg',
  squareRoot: 'Sqrt',
  absolute: 'Abs',
  sign: 'Sign',
  relu: 'Relu',
};

/** From this many numbers on (1 MB) a value is worth cutting up. */
const LONG = 2 ** 18;
/** Fewer ops are not worth it. */
const FEWEST = 4;
/** Bounds of a piece: below, nodes take longer to set up than to run; above, what a chain holds leaves the cache of a core. */
const [SHORTEST_PIECE, LONGEST_PIECE] = [2 ** 13, 2 ** 15];

/** The chains of a program, by their last members: there all that they read is known, and nothing has read them yet. */
export function elementwiseChains(program: Program): Map<Value, Chain> {
  const chains = new Map<Value, Chain>();
  let open: { shape: Shape; members: Value[] } | undefined;
  const close = () => {
    for (const members of connected(program, open?.members ?? [])) {
      const chain = finished(program, members);
      if (chain) chains.set(members[members.length - 1], chain);
    }
    open = undefined;
  };
  program.values.forEach(({ definition, shape }, value) => {
    if (definition.kind !== 'op') return;
    const { op } = definition;
    if (mayBeMember(program, op, shape)) {
      if (!open || !equalShapes(open.shape, shape)) close();
      open ??= { shape, members: [] };
      open.members.push(value);
      // Scalars for the update may stand between its ops; what is large may rely on a chain's operands being free.
    } else if (sizeOf(shape) >= LONG || op.inputs.some((input) => open?.members.includes(input))) close();
  });
  close();
  return chains;
}

function mayBeMember({ values }: Program, { primitive, inputs }: Op, shape: Shape): boolean {
  if (elementwise[primitive] === undefined || shape.length > 2 || sizeOf(shape) < LONG) return false;
  return inputs.every((input) => values[input].shape.length === 0 || equalShapes(values[input].shape, shape));
}

/** The members that have operands in common, each group by itself: of several tensors' updates one after the other, memory is free again sooner. */
function connected({ values }: Program, members: readonly Value[]): Value[][] {
  const groups: { members: Value[]; reads: Set<Value> }[] = [];
  for (const member of members) {
    const group = { members: [member], reads: new Set([member]) };
    const { definition } = values[member];
    if (definition.kind === 'op') {
      for (const input of definition.op.inputs) if (values[input].shape.length > 0) group.reads.add(input);
    }
    for (const other of groups.filter(({ reads }) => [...group.reads].some((value) => reads.has(value)))) {
      groups.splice(groups.indexOf(other), 1);
      group.members.push(...other.members);
      for (const value of other.reads) group.reads.add(value);
    }
    groups.push(group);
  }
  return groups.map((group) => group.members.sort((a, b) => a - b));
}

function finished(program: Program, members: readonly Value[]): Chain | undefined {
  const { shape } = program.values[members[0]];
  const piece = pieceOf(sizeOf(shape));
  if (members.length < FEWEST || piece === undefined) return undefined;
  const inside = new Set(members);
  const outside = new Set(Object.values(program.outputs));
  program.values.forEach(({ definition }, value) => {
    if (definition.kind === 'op' && !inside.has(value)) for (const input of definition.op.inputs) outside.add(input);
  });
  return { shape, piece, members, read: members.filter((member) => outside.has(member)) };
}

/** The longest piece within bounds that parts `size` evenly, if there is one. */
function pieceOf(size: number): number | undefined {
  for (let piece = LONGEST_PIECE; piece >= SHORTEST_PIECE; piece--) if (size % piece === 0) return piece;
  return undefined;
}

export function writeChain(layouts: Layouts, { shape, piece, members, read }: Chain): void {
  const { graph, program, names } = layouts;
  const body = graph.inner();
  const pieces = sizeOf(shape) / piece;
  const given: Name[] = [];
  const taken: Name[] = [];
  /** Names within a piece, of members and of what they read. */
  const within = new Map<Value, Name>();
  const operand = (value: Value): Name => {
    const found = within.get(value);
    if (found !== undefined) return found;
    const outer = layouts.plain(value);
    // Scalars are read from the graph around.
    const own = program.values[value].shape.length === 0 ? outer : `${outer}:piece${members[0]}`;
    within.set(value, own);
    if (own !== outer) {
      given.push(graph.node('Reshape', [outer, graph.integers([pieces, piece])]));
      taken.push(own);
    }
    return own;
  };
  for (const member of members) {
    const { definition } = program.values[member];
    if (definition.kind !== 'op') continue;
    const { primitive, inputs } = definition.op;
    within.set(member, body.node(elementwise[primitive] as string, inputs.map(operand)));
  }
  const results = read.map((member) => within.get(member) as Name);
  writeScan(graph, body, { given, taken, results, piece }).forEach((whole, i) => {
    graph.node('Reshape', [whole, graph.integers(shape)], {}, names[read[i]]);
    layouts.plainWritten(read[i]);
  });
}

interface ScanNames {
  /** Outside, [pieces, piece] each, and what one piece of them is called inside. */
  readonly given: readonly Name[];
  readonly taken: readonly Name[];
  readonly results: readonly Name[];
  readonly piece: number;
}

/** @returns the results, [pieces, piece] each */
function writeScan(graph: GraphWriter, body: GraphWriter, { given, taken, results, piece }: ScanNames): Name[] {
  const typed = (name: Name) => valueInfo(name, { dtype: 'float32', shape: [piece] });
  const proto = create(GraphProtoSchema, {
    name: 'piece',
    node: body.nodes,
    input: taken.map(typed),
    output: results.map(typed),
  });
  return graph.nodeOf(results.length, 'Scan', given, { num_scan_inputs: given.length, body: { graph: proto } });
}
