/** A program as an ONNX model. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../../contracts/kernel-backend.js';
import type { Op, PrimitiveName, Primitives, Program, ValueInfo, ValueType } from '../../contracts/program.js';
import { GraphWriter, type Name } from './graph.js';
import { FLOAT, INT32, type Lowering, lowerings } from './lowerings.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx.gen.js';

/** The operator set that every lowering is written for; IR 8 came with it, so that older runtimes read the files too. */
export const OPSET = 17;
const IR_VERSION = 8;

export interface ModelOptions {
  /** Inputs that become part of the model. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Key-value pairs kept in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Marks the first axis of inputs and outputs as free (the caller knows that no op fixes it). */
  readonly freeBatch?: boolean;
}

/** The bytes of an ONNX file. Inputs and outputs keep their names; nodes are named by the layer that made them. */
export function onnxModel(
  program: Program,
  { constants = {}, metadata = {}, freeBatch = false }: ModelOptions = {},
): Uint8Array {
  const graph = new GraphWriter();
  const outputNames = new Map(Object.entries(program.outputs).map(([name, value]) => [value, `${name}`] as const));
  const names: Name[] = program.values.map((info, value) => nameOf(info, value, outputNames));
  const inputs: ValueInfoProto[] = [];
  program.values.forEach((info, value) => {
    const { definition } = info;
    if (definition.kind === 'op') lower(graph, program, names, value);
    else if (definition.kind === 'constant') graph.tensor(names[value], definition.data, info.shape);
    else if (constants[definition.name]) graph.tensor(names[value], constants[definition.name].data, info.shape);
    else inputs.push(valueInfo(names[value], info, freeBatch));
  });
  const outputs = Object.entries(program.outputs).map(([name, value]) => {
    // An output may be an input, a constant, or the same value as another output.
    if (names[value] !== name) graph.node('Identity', [names[value]], {}, name);
    return valueInfo(name, program.values[value], freeBatch);
  });
  return encode(graph, inputs, outputs, metadata);
}

function nameOf({ definition }: ValueInfo, value: number, outputNames: ReadonlyMap<number, string>): Name {
  if (definition.kind === 'input') return definition.name;
  if (definition.kind === 'constant') return `k${value}`;
  return outputNames.get(value) ?? `v${value}`;
}

function lower(graph: GraphWriter, program: Program, names: readonly Name[], value: number): void {
  const info = program.values[value];
  if (info.definition.kind !== 'op') return;
  graph.label = (info.definition.label ?? '').replaceAll('.', '/');
  lowerOp(graph, info.definition.op, program, names, value);
}

function lowerOp<P extends PrimitiveName>(
  graph: GraphWriter,
  op: Op<P>,
  program: Program,
  names: readonly Name[],
  value: number,
): void {
  const lowering = lowerings[op.primitive] as Lowering<P>;
  lowering({
    graph,
    inputs: op.inputs.map((input) => names[input]),
    types: op.inputs.map((input) => program.values[input]),
    attributes: op.attributes as Primitives[P],
    shape: program.values[value].shape,
    output: names[value],
  });
}

function valueInfo(name: Name, { dtype, shape }: ValueType, freeBatch: boolean): ValueInfoProto {
  const dim = shape.map((length, axis) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        freeBatch && axis === 0 ? { case: 'dimParam', value: 'batch' } : { case: 'dimValue', value: BigInt(length) },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: dtype === 'int32' ? INT32 : FLOAT,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}

function encode(
  graph: GraphWriter,
  input: ValueInfoProto[],
  output: ValueInfoProto[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(OPSET) })],
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
