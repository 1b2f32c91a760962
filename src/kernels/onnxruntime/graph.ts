/** Writes ONNX graphs: nodes, constants and fresh names, as the lowerings need them. */
import { create } from '@bufbuild/protobuf';
import type { Shape } from '../../contracts/program.js';
import { sizeOf } from '../shapes.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from './onnx.gen.js';

/** A tensor's name in the graph. */
export type Name = string;

export type AttributeValue =
  | number
  | { readonly float: number }
  | { readonly graph: GraphProto }
  | string
  | readonly number[];

export class GraphWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  private readonly constants = new Map<string, Name>();
  private readonly derived = new Map<string, Name>();
  private fresh = 0;
  private inners = 0;
  /** Prefix of node names: the layer that is being lowered. */
  label = '';

  /** @param blockSize channels in a block of onnxruntime's blocked layout; 1: plain ONNX only */
  constructor(
    readonly blockSize = 1,
    /** Of the names that it makes up: those of an inner graph must differ from those around it. */
    private readonly prefix = '#t',
  ) {}

  /** A writer for a graph within this one, which may read what this one has made so far. */
  inner(): GraphWriter {
    return new GraphWriter(this.blockSize, `${this.prefix}${this.inners++}:`);
  }

  /** Adds a node with one output; `name` fixes the output's name. */
  node(
    type: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    name?: Name,
    domain?: string,
  ): Name {
    return this.add(type, inputs, attributes, [name ?? this.name()], domain)[0];
  }

  /** Adds a node with `count` outputs. */
  nodeOf(
    count: number,
    type: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): Name[] {
    return this.add(
      type,
      inputs,
      attributes,
      Array.from({ length: count }, () => this.name()),
    );
  }

  /** Where the maxima of a max pool lie, as positions in the flattened x. */
  indicesOfMaxPool(x: Name, attributes: Readonly<Record<string, AttributeValue>>): Name {
    return this.nodeOf(2, 'MaxPool', [x], attributes)[1];
  }

  /** Runs `write`; nodes added in it are named by `label`. */
  labelled<T>(label: string, write: () => T): T {
    const outer = this.label;
    this.label = label;
    const result = write();
    this.label = outer;
    return result;
  }

  /** A value that several lowerings share (a mask, a padded image): made once. */
  once(key: string, make: () => Name): Name {
    const found = this.derived.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.derived.set(key, made);
    return made;
  }

  /** The same for a value that must have the name `output`: if it was made under another, it is copied. */
  onceAs(key: string, output: Name, make: (output: Name) => Name): void {
    const made = this.once(key, () => make(output));
    if (made !== output) this.node('Identity', [made], {}, output);
  }

  /** A constant int64 vector. */
  integers(values: readonly number[]): Name {
    return this.constant(`i64:${values.join(',')}`, () =>
      create(TensorProtoSchema, {
        dims: [BigInt(values.length)],
        dataType: DataType.INT64,
        int64Data: values.map(BigInt),
      }),
    );
  }

  /** A constant float scalar. */
  float(value: number): Name {
    return this.constant(`f32:${value}`, () =>
      create(TensorProtoSchema, { dims: [], dataType: DataType.FLOAT, floatData: [value] }),
    );
  }

  /** A constant tensor under a given name. */
  tensor(name: Name, data: Float32Array | Int32Array, shape: Shape): Name {
    this.initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: shape.map(BigInt),
        dataType: data instanceof Int32Array ? DataType.INT32 : DataType.FLOAT,
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      }),
    );
    return name;
  }

  /** A constant tensor of one number. */
  filled(value: number, shape: Shape): Name {
    return this.once(`filled:${shape}:${value}`, () =>
      this.tensor(`#filled_${shape.join('x')}_${value}`, new Float32Array(sizeOf(shape)).fill(value), shape),
    );
  }

  private name(): Name {
    return `${this.prefix}${this.fresh++}`;
  }

  private constant(key: string, make: () => TensorProto): Name {
    const found = this.constants.get(key);
    if (found !== undefined) return found;
    const tensor = make();
    tensor.name = `#c${this.constants.size}`;
    this.initializers.push(tensor);
    this.constants.set(key, tensor.name);
    return tensor.name;
  }

  private add(
    type: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputs: Name[],
    domain?: string,
  ): Name[] {
    const name = `${this.label === '' ? 'program' : this.label}/${type}_${this.nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.nodes.push(
      create(NodeProtoSchema, { name, opType: type, domain, input: [...inputs], output: outputs, attribute }),
    );
    return outputs;
  }
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if ('graph' in value) return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value.graph });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}
