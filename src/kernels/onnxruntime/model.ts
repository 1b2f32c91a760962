/** A program as an ONNX model. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../../contracts/kernel-backend.js';
import type { Op, PrimitiveName, Primitives, Program, Shape, ValueInfo } from '../../contracts/program.js';
import { BLOCKED_DOMAIN } from './blocked.js';
import { GraphWriter, type Name } from './graph.js';
import { Layouts } from './layouts.js';
import { type Lowering, type LoweringContext, lowerings } from './lowerings.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type ValueInfoProto,
} from './onnx.gen.js';
import { type Chain, elementwiseChains, writeChain } from './pieces.js';
import { valueInfo } from './value-info.js';

/** The operator set that every lowering is written for; IR 8 came with it, so that older runtimes read the files too. */
export const OPSET = 17;
const IR_VERSION = 8;

export interface ModelOptions {
  /** Inputs that become part of the model. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Key-value pairs kept in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * Makes the first axis of inputs and outputs free, for a program written for a batch of one. The caller knows that no
   * op mixes the images of a batch.
   */
  readonly freeBatch?: boolean;
  /** Channels in a block of onnxruntime's blocked layout on this machine; default 1: plain ONNX, which runs anywhere. */
  readonly blockSize?: number;
  /** Whether chains of elementwise ops run piece by piece; default false: one node an op. */
  readonly pieces?: boolean;
}

/** The bytes of an ONNX file. Names that nascent makes up begin with '#'. Inputs and outputs keep their names; nodes are named by the layer that made them. */
export function onnxModel(
  program: Program,
  { constants = {}, metadata = {}, freeBatch = false, blockSize = 1, pieces = false }: ModelOptions = {},
): Uint8Array {
  const graph = new GraphWriter(blockSize);
  const batch = freeBatch ? freeBatchOf(program, constants) : undefined;
  const names = valueNames(program, batch);
  const inputs: ValueInfoProto[] = [];
  const read = valuesRead(program);
  const layouts = new Layouts(graph, program, names);
  const chains = pieces ? elementwiseChains(program) : new Map<number, Chain>();
  const chained = new Set([...chains.values()].flatMap(({ members }) => members));
  program.values.forEach((info, value) => {
    const { definition } = info;
    const chain = chains.get(value);
    if (chain) writeChain(layouts, chain);
    else if (chained.has(value)) return;
    else if (definition.kind === 'op') lower(layouts, value, batch);
    else if (definition.kind === 'constant') graph.tensor(names[value], definition.data, info.shape);
    else if (!Object.hasOwn(constants, definition.name)) inputs.push(valueInfo(names[value], info, freeBatch));
    // Weights of dead branches stay out: runtimes warn of initialisers that no node reads.
    else if (read.has(value)) graph.tensor(names[value], constants[definition.name].data, info.shape);
  });
  graph.label = '';
  const outputs = Object.entries(program.outputs).map(([given, value]) => {
    const name = outputName(program, given);
    const info = program.values[value];
    const made = layouts.plain(value);
    if (batch && !batch.has[value]) repeatOverBatch(graph, batch, made, info.shape, name);
    // An output may be an input, a constant, or the same value as another output.
    else if (made !== name) graph.node('Identity', [made], {}, name);
    return valueInfo(name, info, freeBatch);
  });
  return encode(graph, inputs, outputs, metadata);
}

/** The name of an output in the graph. ONNX has one namespace: an output named like an input of the program gets a mark. */
export function outputName(program: Program, name: string): Name {
  const taken = program.values.some(({ definition }) => definition.kind === 'input' && definition.name === name);
  return taken ? `${name}#next` : name;
}

/** Values that an op or an output reads. */
function valuesRead(program: Program): ReadonlySet<number> {
  const read = new Set<number>(Object.values(program.outputs));
  for (const { definition } of program.values) {
    if (definition.kind === 'op') for (const input of definition.op.inputs) read.add(input);
  }
  return read;
}

/** The free batch of a program that was written for a batch of one. */
interface FreeBatch {
  /** The input whose first axis tells the batch's size. */
  readonly input: Name;
  /** For each value, whether its first axis is the batch: it depends on an input. Others (zeros, weights) broadcast. */
  readonly has: readonly boolean[];
}

function freeBatchOf(program: Program, constants: Readonly<Record<string, Tensor>>): FreeBatch | undefined {
  const has: boolean[] = [];
  let input: Name | undefined;
  for (const { definition } of program.values) {
    const free = definition.kind === 'input' && !Object.hasOwn(constants, definition.name);
    if (free) input ??= definition.name;
    has.push(free || (definition.kind === 'op' && definition.op.inputs.some((operand) => has[operand])));
  }
  return input === undefined ? undefined : { input, has };
}

/** `x` of batch one, once for each image of the batch. */
function repeatOverBatch(
  graph: GraphWriter,
  { input }: FreeBatch,
  x: Name,
  { length: rank }: Shape,
  name?: Name,
): Name {
  const size = graph.once('batch', () => graph.node('Shape', [input], { start: 0, end: 1 }));
  const rest = Array.from({ length: rank - 1 }, () => 1);
  const shape = graph.once(`batch:${rank}`, () =>
    rank === 1 ? size : graph.node('Concat', [size, graph.integers(rest)], { axis: 0 }),
  );
  return graph.node('Expand', [x, shape], {}, name);
}

function valueNames(program: Program, batch: FreeBatch | undefined): Name[] {
  const outputNames = new Map<number, Name>();
  for (const [name, value] of Object.entries(program.outputs)) {
    // Without the batch a value is not the output yet, but what the output repeats.
    if (!batch || batch.has[value]) outputNames.set(value, outputName(program, name));
  }
  return program.values.map((info, value) => nameOf(info, value, outputNames));
}

function nameOf({ definition }: ValueInfo, value: number, outputNames: ReadonlyMap<number, string>): Name {
  if (definition.kind === 'input') return definition.name;
  if (definition.kind === 'constant') return `#k${value}`;
  return outputNames.get(value) ?? `#v${value}`;
}

function lower(layouts: Layouts, value: number, batch: FreeBatch | undefined): void {
  const { graph, program, names } = layouts;
  const info = program.values[value];
  if (info.definition.kind !== 'op') return;
  const { op, label = '' } = info.definition;
  graph.label = label.replaceAll('.', '/');
  if (layouts.lower(value, op)) return;
  const context = {
    graph,
    inputs: op.inputs.map((input) => layouts.plain(input)),
    types: op.inputs.map((input) => program.values[input]),
    attributes: op.attributes,
    shape: info.shape,
    output: names[value],
  };
  lowerOp(op, batch?.has[value] ? inFreeBatch(op, context, batch) : context);
  layouts.plainWritten(value);
}

function lowerOp<P extends PrimitiveName>(op: Op<P>, context: LoweringContext<PrimitiveName>): void {
  const lowering = lowerings[op.primitive] as Lowering<P>;
  lowering(context as LoweringContext<P>);
}

/** Past the end of any axis: ONNX cuts a slice off there. */
const END = 2 ** 31 - 1;

/** The ops whose lowering would write the batch of one into the model. */
function inFreeBatch(
  { primitive, inputs }: Op,
  context: LoweringContext<PrimitiveName>,
  batch: FreeBatch,
): LoweringContext<PrimitiveName> {
  const { graph, types, attributes, shape } = context;
  if (primitive === 'reshape' && shape[0] === types[0].shape[0]) {
    // ONNX reads 0 as "as long as in the input".
    return { ...context, shape: [0, ...shape.slice(1)] };
  }
  if (primitive === 'slice') {
    const { start, size } = attributes as Primitives['slice'];
    return { ...context, attributes: { start, size: [END, ...size.slice(1)] } };
  }
  if (primitive === 'concatenate') {
    const repeated = context.inputs.map((name, i) =>
      batch.has[inputs[i]] ? name : repeatOverBatch(graph, batch, name, types[i].shape),
    );
    return { ...context, inputs: repeated };
  }
  return context;
}

function operatorSets({ blockSize }: GraphWriter) {
  const plain = create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(OPSET) });
  return blockSize === 1 ? [plain] : [plain, create(OperatorSetIdProtoSchema, { domain: BLOCKED_DOMAIN, version: 1n })];
}

function encode(
  graph: GraphWriter,
  input: ValueInfoProto[],
  output: ValueInfoProto[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    opsetImport: operatorSets(graph),
    producerName: 'nascent',
    graph: create(GraphProtoSchema, {
      name: 'nascent',
      node: graph.nodes,
      initializer: graph.initializers,
      input,
      output,
    }),
    metadataProps: Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, model);
}

/** One image reordered into blocks: what `probeBlockSize` looks at. */
export function blockProbeModel(shape: Shape): Uint8Array {
  const graph = new GraphWriter(2);
  graph.node('ReorderInput', ['x'], { channels_last: 0 }, 'blocked', BLOCKED_DOMAIN);
  const info = (name: Name) => valueInfo(name, { dtype: 'float32', shape });
  return encode(graph, [info('x')], [info('blocked')], {});
}
