/**
 * The program builder: the one way to write programs. Equal ops on equal inputs become one value (common
 * subexpressions), and arithmetic on known zeros is folded, so that dead branches of an architecture cost nothing.
 */

import type {
  DType,
  Op,
  PrimitiveName,
  Primitives,
  Program,
  Shape,
  Value,
  ValueInfo,
  ValueType,
} from '../contracts/program.js';
import type { CustomGradient, ProgramBuilder } from '../contracts/program-builder.js';
import { dtypeOf, formatShape, requireArity, requireShape, shapeError, shapeRules, sizeOf } from './shapes.js';
import { isZeroOp, passesThrough } from './zeros.js';

/**
 * A new, empty program.
 * @param options.fold fold arithmetic on known zeros (default true); off where every op must be seen, as when counting cost
 * @param options.share let equal ops be one value (default true); off where each use must be told apart
 */
export function programBuilder({ fold = true, share = true } = {}): ProgramBuilder {
  return new Builder(fold, share);
}

class Builder implements ProgramBuilder {
  private readonly values: ValueInfo[] = [];
  private readonly zero = new Set<Value>();
  private readonly known = new Map<string, Value>();
  private readonly inputNames = new Set<string>();
  private readonly rules = new Map<Value, { inputs: readonly Value[]; rule: CustomGradient }>();
  private label: string | undefined;

  constructor(
    private readonly fold: boolean,
    private readonly share: boolean,
  ) {}

  get size(): number {
    return this.values.length;
  }

  input(name: string, shape: Shape, dtype: DType = 'float32'): Value {
    if (this.inputNames.has(name))
      throw shapeError(`Expected input names to differ, got ${JSON.stringify(name)} twice.`);
    requireShape(shape);
    this.inputNames.add(name);
    return this.define({ dtype, shape, definition: { kind: 'input', name } });
  }

  constant(data: Float32Array | Int32Array, shape: Shape): Value {
    requireShape(shape);
    if (data.length !== sizeOf(shape)) {
      throw shapeError(
        `Expected ${sizeOf(shape)} numbers for a constant of shape ${formatShape(shape)}, got ${data.length}.`,
      );
    }
    const value = this.define({ dtype: dtypeOf(data), shape, definition: { kind: 'constant', data } });
    if (data.every((entry) => entry === 0)) this.zero.add(value);
    return value;
  }

  scalar(value: number): Value {
    const key = `scalar:${Object.is(value, -0) ? '-0' : value}`;
    return this.memo(key, () => this.constant(new Float32Array([value]), []));
  }

  op<P extends PrimitiveName>(primitive: P, inputs: readonly Value[], attributes: Primitives[P]): Value {
    requireArity(primitive, inputs.length);
    const types = inputs.map((input) => this.info(input));
    const type = shapeRules[primitive](types, attributes);
    const same = this.fold ? passesThrough(primitive, inputs, types, type, this.zero) : undefined;
    if (same !== undefined) return same;
    const make = () =>
      this.makesZero(primitive, inputs)
        ? this.zeros(type)
        : this.defineOp({ primitive, inputs, attributes } as Op, type);
    return this.share ? this.memo(`${primitive}(${inputs.join(',')})${JSON.stringify(attributes)}`, make) : make();
  }

  customGradient(output: Value, inputs: readonly Value[], rule: CustomGradient): Value {
    // A value of its own: one that equal ops share, or that an op passed through, must not carry a layer's rule.
    const { dtype, shape } = this.info(output);
    const own = this.defineOp({ primitive: 'reshape', inputs: [output], attributes: { shape } }, { dtype, shape });
    if (this.zero.has(output)) this.zero.add(own);
    this.rules.set(own, { inputs, rule });
    return own;
  }

  gradientRule(output: Value) {
    return this.rules.get(output);
  }

  info(value: Value): ValueInfo {
    const info = this.values[value];
    if (info === undefined) throw shapeError(`Expected a value of this program, got ${value}.`);
    return info;
  }

  shape(value: Value): Shape {
    return this.info(value).shape;
  }

  opOf(value: Value): Op | undefined {
    const { definition } = this.info(value);
    return definition.kind === 'op' ? definition.op : undefined;
  }

  labelled<T>(label: string, write: () => T): T {
    const outer = this.label;
    this.label = label;
    try {
      return write();
    } finally {
      this.label = outer;
    }
  }

  finish(outputs: Readonly<Record<string, Value>>): Program {
    if (Object.keys(outputs).length === 0) throw shapeError('Expected a program with at least one output, got none.');
    return withoutDeadOps({ values: this.values, outputs });
  }

  private define(info: ValueInfo): Value {
    this.values.push(info);
    return this.values.length - 1;
  }

  private defineOp(op: Op, type: ValueType): Value {
    return this.define({ ...type, definition: { kind: 'op', op, label: this.label } });
  }

  isZero(value: Value): boolean {
    return this.zero.has(value);
  }

  private makesZero(primitive: PrimitiveName, inputs: readonly Value[]): boolean {
    return (
      this.fold &&
      isZeroOp(
        primitive,
        inputs.map((input) => this.zero.has(input)),
      )
    );
  }

  /** One zero, broadcast: zeros of any size take no memory in the program. */
  private zeros(type: ValueType): Value {
    return this.memo(`zeros:${type.dtype}:${type.shape.join(',')}`, () => {
      const zero = type.dtype === 'int32' ? this.constant(new Int32Array(1), []) : this.scalar(0);
      const value = this.defineOp({ primitive: 'broadcast', inputs: [zero], attributes: { shape: type.shape } }, type);
      this.zero.add(value);
      return value;
    });
  }

  private memo(key: string, make: () => Value): Value {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.known.set(key, made);
    return made;
  }
}

/** The same program without values that no output needs. Inputs stay, so that a program's signature never changes by folding. */
function withoutDeadOps(program: Program): Program {
  const needed = new Uint8Array(program.values.length);
  for (const output of Object.values(program.outputs)) needed[output] = 1;
  for (let value = program.values.length - 1; value >= 0; value--) {
    const { definition } = program.values[value];
    if (definition.kind === 'input') needed[value] = 1;
    if (needed[value] && definition.kind === 'op') for (const input of definition.op.inputs) needed[input] = 1;
  }
  const renamed = new Int32Array(program.values.length).fill(-1);
  const values: ValueInfo[] = [];
  program.values.forEach((info, value) => {
    if (!needed[value]) return;
    renamed[value] = values.length;
    values.push(renameInputs(info, renamed));
  });
  const outputs = Object.entries(program.outputs).map(([name, value]) => [name, renamed[value]] as const);
  return { values, outputs: Object.fromEntries(outputs) };
}

/** The value, whose op reads what each of its inputs was renamed to. */
export function renameInputs(info: ValueInfo, renamed: Int32Array): ValueInfo {
  if (info.definition.kind !== 'op') return info;
  const { op, label } = info.definition;
  const inputs = op.inputs.map((input) => renamed[input]);
  return { dtype: info.dtype, shape: info.shape, definition: { kind: 'op', op: { ...op, inputs } as Op, label } };
}
