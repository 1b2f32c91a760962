/**
 * A program as a plan: calls of TensorFlow.js in order, each with the slots that it reads and fills. What depends on constants only is
 * computed when the plan is made. Every other result is released right after the last step that reads it.
 */
import type { Tensor } from '../../contracts/kernel-backend.js';
import type { Op, Program, Shape, Value } from '../../contracts/program.js';
import { ownEntry } from '../signature.js';
import { assignLayouts, type Layout, plainLayout, sameLayout, turn } from './layouts.js';
import type { Handle, Library } from './library.js';
import type { Kernel, Lowering, LoweringContext } from './lowering.js';
import { demandOf, lowerings } from './lowerings.js';

/** Where a tensor is held while a plan runs. */
export type Slot = number;

export interface Step {
  readonly kernel: Kernel;
  readonly operands: readonly Slot[];
  readonly result: Slot;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** What every run begins with: constants, and what was computed of them. */
  readonly fixed: ReadonlyMap<Slot, Handle>;
  readonly inputs: ReadonlyMap<string, Slot>;
  /** Slots of outputs, axes in the program's order. */
  readonly outputs: readonly (readonly [string, Slot])[];
  /** Tensors that lowerings made for themselves. */
  readonly constants: readonly Handle[];
}

export function planOf(tf: Library, program: Program, constants: Readonly<Record<string, Tensor>>): Plan {
  const planner = new Planner(tf, program, constants);
  try {
    return planner.plan();
  } catch (thrown) {
    planner.release();
    throw thrown;
  }
}

/** A tensor's place and the order of its axes. */
interface Place {
  readonly slot: Slot;
  readonly layout: Layout;
}

class Planner {
  private slots = 0;
  private readonly steps: Step[] = [];
  private readonly fixed = new Map<Slot, Handle>();
  private readonly inputs = new Map<string, Slot>();
  private readonly made: Handle[] = [];
  /** Of each value all the layouts that it is held in; the first is the one that it was made in. */
  private readonly places = new Map<Value, Place[]>();
  private readonly layouts: readonly Layout[];

  constructor(
    private readonly tf: Library,
    private readonly program: Program,
    private readonly bound: Readonly<Record<string, Tensor>>,
  ) {
    this.layouts = assignLayouts(program, (value, op) => demandOf(program, value, op));
  }

  plan(): Plan {
    for (const value of this.program.values.keys()) this.place(value);
    const outputs = Object.entries(this.program.outputs).map(
      ([name, value]) => [name, this.slotOf(value, plainLayout(this.shape(value).length))] as const,
    );
    const { steps, fixed, inputs, made } = this;
    this.releaseUnread(outputs.map(([, slot]) => slot));
    return { steps, fixed, inputs, outputs, constants: made };
  }

  /** Lets go of everything, where no plan came out. */
  release(): void {
    for (const handle of [...this.fixed.values(), ...this.made]) handle.dispose();
  }

  /** Lets go of what was only on the way to other constants. */
  private releaseUnread(outputs: readonly Slot[]): void {
    const read = new Set([...outputs, ...this.steps.flatMap(({ operands }) => operands)]);
    for (const [slot, handle] of this.fixed) {
      if (read.has(slot)) continue;
      handle.dispose();
      this.fixed.delete(slot);
    }
  }

  private shape(value: Value): Shape {
    return this.program.values[value].shape;
  }

  private place(value: Value): void {
    const { definition, dtype, shape } = this.program.values[value];
    if (definition.kind === 'op') {
      this.lower(value, definition.op);
      return;
    }
    const slot = this.slots++;
    this.places.set(value, [{ slot, layout: plainLayout(shape.length) }]);
    const data = definition.kind === 'constant' ? definition.data : ownEntry(this.bound, definition.name)?.data;
    if (data !== undefined) this.fixed.set(slot, this.tf.tensor(data, [...shape], dtype));
    else if (definition.kind === 'input') this.inputs.set(definition.name, slot);
  }

  private lower(value: Value, op: Op): void {
    const { kernel } = lowerings[op.primitive] as Lowering<typeof op.primitive>;
    const demand = demandOf(this.program, value, op);
    const plain = (member: Value) => plainLayout(this.shape(member).length);
    const wanted = (operand: Value, i: number): Layout => {
      if (demand === 'shared') return this.layouts[operand];
      if (demand === 'plain') return plain(operand);
      if (demand === 'free') return this.home(operand);
      return demand.operands[i];
    };
    const layouts = op.inputs.map(wanted);
    const layout = demand === 'plain' ? plain(value) : typeof demand === 'string' ? this.layouts[value] : demand.result;
    const context: LoweringContext<typeof op.primitive> = {
      tf: this.tf,
      attributes: op.attributes,
      types: op.inputs.map((input) => this.program.values[input]),
      shape: this.shape(value),
      layouts,
      layout,
      constant: (data, shape) => {
        const handle = this.tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
        this.made.push(handle);
        return handle;
      },
    };
    const operands = op.inputs.map((input, i) => this.slotOf(input, layouts[i]));
    this.places.set(value, [{ slot: this.step(kernel(context), operands), layout }]);
  }

  /** The layout that a value was made in. */
  private home(value: Value): Layout {
    return (this.places.get(value) as Place[])[0].layout;
  }

  /** Where a value is held in a layout; turned once, for all that read it so. */
  private slotOf(value: Value, layout: Layout): Slot {
    const places = this.places.get(value) as Place[];
    const found = places.find((place) => sameLayout(place.layout, layout));
    if (found) return found.slot;
    const order = turn(places[0].layout, layout);
    const slot = this.step(([x]) => this.tf.transpose(x, order), [places[0].slot]);
    places.push({ slot, layout });
    return slot;
  }

  /** Adds a step, or takes it at once where it depends on nothing that a run brings. */
  private step(kernel: Kernel, operands: readonly Slot[]): Slot {
    const result = this.slots++;
    const step = { kernel, operands, result };
    const known = operands.map((slot) => this.fixed.get(slot));
    if (known.every((handle) => handle !== undefined)) this.fixed.set(result, take(this.tf, kernel, known));
    else this.steps.push(step);
    return result;
  }
}

/** Runs one kernel; what it made on the way is released, and its result is a tensor of its own. */
export function take(tf: Library, kernel: Kernel, operands: readonly Handle[]): Handle {
  return tf.tidy(() => {
    const result = kernel(operands);
    return operands.includes(result) ? tf.clone(result) : result;
  });
}
