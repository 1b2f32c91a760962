/** A plan ready to run. */
import { messageOf, NascentError } from '../../base/errors.js';
import type { Buffer, CompileOptions, Executable } from '../../contracts/kernel-backend.js';
import type { Program, ValueType } from '../../contracts/program.js';
import { ownEntry, requireType, signature } from '../signature.js';
import { TensorflowBuffer } from './buffers.js';
import type { Handle, Library } from './library.js';
import { type Plan, planOf, type Slot, take } from './plan.js';

/** @throws NascentError `engine` where a constant is of another type, or what depends on constants only cannot be computed. */
export function compileTensorflow(tf: Library, program: Program, { constants = {} }: CompileOptions): Executable {
  const inputs = signature(program);
  for (const [name, tensor] of Object.entries(constants)) {
    const declared = inputs.get(name);
    if (declared) requireType(`constant ${JSON.stringify(name)}`, declared, tensor);
    inputs.delete(name);
  }
  const plan = withoutFailure('the program', () => planOf(tf, program, constants));
  const releases = releasesOf(plan);
  let released = false;
  return {
    // Async so that refusals are rejections, as with engines that do not run in this thread.
    async run(feeds) {
      if (released) throw new NascentError('engine', 'Expected an executable that is still held, got a released one.');
      const given = givenHandles(inputs, feeds);
      return withoutFailure('the program', () => runPlan(tf, plan, releases, given));
    },
    async release() {
      if (!released) for (const handle of [...plan.fixed.values(), ...plan.constants]) handle.dispose();
      released = true;
    },
  };
}

function withoutFailure<T>(what: string, compute: () => T): T {
  try {
    return compute();
  } catch (cause) {
    throw new NascentError('engine', `Expected TensorFlow to run ${what}, got: ${messageOf(cause)}`, { cause });
  }
}

function givenHandles(
  inputs: ReadonlyMap<string, ValueType>,
  feeds: Readonly<Record<string, Buffer>>,
): Map<string, Handle> {
  const handles = new Map<string, Handle>();
  for (const [name, declared] of inputs) {
    const buffer = ownEntry(feeds, name);
    requireType(`input ${JSON.stringify(name)}`, declared, buffer);
    handles.set(name, (buffer as TensorflowBuffer).handle);
  }
  return handles;
}

/** For each step the results that nothing reads after it. */
function releasesOf({ steps, outputs }: Plan): Slot[][] {
  const last = new Map<Slot, number>();
  steps.forEach(({ operands, result }, i) => {
    last.set(result, i);
    for (const slot of operands) if (last.has(slot)) last.set(slot, i);
  });
  for (const [, slot] of outputs) last.delete(slot);
  const releases: Slot[][] = steps.map(() => []);
  for (const [slot, i] of last) releases[i].push(slot);
  return releases;
}

function runPlan(
  tf: Library,
  { steps, fixed, inputs, outputs }: Plan,
  releases: readonly (readonly Slot[])[],
  given: ReadonlyMap<string, Handle>,
): Record<string, Buffer> {
  const lent = new Map(fixed);
  for (const [name, slot] of inputs) lent.set(slot, given.get(name) as Handle);
  const made = new Map<Slot, Handle>();
  const handleOf = (slot: Slot): Handle => (made.get(slot) ?? lent.get(slot)) as Handle;
  try {
    steps.forEach(({ kernel, operands, result }, i) => {
      made.set(result, take(tf, kernel, operands.map(handleOf)));
      for (const slot of releases[i]) {
        made.get(slot)?.dispose();
        made.delete(slot);
      }
    });
    // Each output is a tensor of its own, even where two names, or an input and an output, share the same numbers.
    return Object.fromEntries(
      outputs.map(([name, slot]) => [name, new TensorflowBuffer(tf.clone(handleOf(slot)))] as const),
    );
  } finally {
    for (const handle of made.values()) handle.dispose();
  }
}
