/**
 * In which layout each image of a program is held. Convolutions run blocked where channels fill whole blocks; what works on their
 * results follows them, and values are reordered only where an op needs the other layout.
 *
 * An op that onnxruntime can fuse with an addition (a convolution, a normalisation) is written only when its result is asked for:
 * an addition, or a product with a scalar, that is its only reader then becomes part of it. So does a ReLU, where nothing asks for more of a value than its positive
 * part: then the value is held rectified, and not at all as it was.
 */
import type { Op, Program, Shape, Value } from '../../contracts/program.js';
import { blockedNode, type Fused, fillsBlocks } from './blocked.js';
import { lowerBlocked } from './blocked-lowerings.js';
import type { GraphWriter, Name } from './graph.js';

/** Writes a node whose result is in blocks. */
export type Fusable = (fused: Fused) => Name;

export class Layouts {
  private readonly inBlocks = new Map<Value, Name>();
  private readonly waiting = new Map<Value, { readonly write: Fusable; readonly label: string }>();
  private readonly plainDone = new Set<Value>();
  private readonly rectified = new Set<Value>();
  private readonly readers: Int32Array;
  private readonly readBeyondRelu: ReadonlySet<Value>;

  constructor(
    readonly graph: GraphWriter,
    readonly program: Program,
    /** Plain names, by value. */
    readonly names: readonly Name[],
  ) {
    this.readers = countReaders(program);
    this.readBeyondRelu = valuesReadBeyondRelu(program);
  }

  /** Lowers an op in blocks, if it can and should be; otherwise its plain form is the caller's to write. */
  lower(value: Value, op: Op): boolean {
    return this.graph.blockSize > 1 && lowerBlocked(this, value, op);
  }

  shape(value: Value): Shape {
    return this.program.values[value].shape;
  }

  /** Whether a value has a blocked form already, or one that waits to be written. */
  isBlocked(value: Value): boolean {
    return this.inBlocks.has(value) || this.waiting.has(value);
  }

  fillsBlocks(value: Value): boolean {
    return fillsBlocks(this.graph, this.shape(value));
  }

  hold(value: Value, name: Name, rectified = false): void {
    this.inBlocks.set(value, name);
    if (rectified) this.rectified.add(value);
  }

  /** Whether no reader asks for more than max(value, 0). */
  seenThroughRelu(value: Value): boolean {
    return !this.readBeyondRelu.has(value);
  }

  /** Whether what is held is max(value, 0). */
  isRectified(value: Value): boolean {
    return this.rectified.has(value);
  }

  /** Postpones a node that can take up a scalar factor, an addition and a ReLU. */
  wait(value: Value, write: Fusable): void {
    this.waiting.set(value, { write, label: this.graph.label });
  }

  /** The waiting node of a value that nothing else reads. */
  fusable(value: Value): Fusable | undefined {
    return this.readers[value] === 1 ? this.waiting.get(value)?.write : undefined;
  }

  /** The value in blocks. */
  blocked(value: Value): Name {
    const held = this.inBlocks.get(value);
    if (held !== undefined) return held;
    const waiting = this.waiting.get(value);
    const relu = waiting !== undefined && this.seenThroughRelu(value);
    const name =
      waiting === undefined
        ? blockedNode(this.graph, 'ReorderInput', [this.names[value]], { channels_last: 0 })
        : this.graph.labelled(waiting.label, () => waiting.write({ relu }));
    this.waiting.delete(value);
    this.hold(value, name, relu);
    return name;
  }

  /** The value as plain NCHW (or of any other shape). */
  plain(value: Value): Name {
    const onlyBlocked = this.isBlocked(value) && !this.plainDone.has(value) && this.isMadeInBlocks(value);
    if (onlyBlocked) {
      const attributes = { channels: this.shape(value)[1], channels_last: 0 };
      blockedNode(this.graph, 'ReorderOutput', [this.blocked(value)], attributes, this.names[value]);
      this.plainDone.add(value);
    }
    return this.names[value];
  }

  /** Marks a value whose plain form a plain lowering writes. */
  plainWritten(value: Value): void {
    this.plainDone.add(value);
  }

  private isMadeInBlocks(value: Value): boolean {
    return this.program.values[value].definition.kind === 'op';
  }
}

function countReaders(program: Program): Int32Array {
  const readers = new Int32Array(program.values.length);
  for (const { definition } of program.values) {
    if (definition.kind === 'op') for (const input of definition.op.inputs) readers[input]++;
  }
  // An output is read by the outside.
  for (const value of Object.values(program.outputs)) readers[value] += 2;
  return readers;
}

/** ReLUs, their gradients' masks and the codes of a score ask for positive parts only. */
function valuesReadBeyondRelu(program: Program): ReadonlySet<Value> {
  const read = new Set<Value>(Object.values(program.outputs));
  for (const { definition } of program.values) {
    if (definition.kind !== 'op') continue;
    const { primitive, inputs } = definition.op;
    if (primitive === 'relu' || primitive === 'positiveOverlap') continue;
    for (const input of primitive === 'reluGradient' ? inputs.slice(1) : inputs) read.add(input);
  }
  return read;
}
