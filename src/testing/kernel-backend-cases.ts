/** At least one case for every primitive: a primitive without cases does not compile. */
import type { PrimitiveName, Primitives } from '../contracts/program.js';
import { arrayCases } from './kernel-backend-cases-arrays.js';
import { imageCases } from './kernel-backend-cases-images.js';
import type { CaseInput } from './kernel-backend-inputs.js';

/** One op on inputs of given shapes. */
export interface KernelCase<Attributes = Primitives[PrimitiveName]> {
  /** What is special about it. */
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  readonly attributes: Attributes;
  /** The inputs lie on a kink: gradients are a choice there, which central differences do not see. */
  readonly onKink?: boolean;
}

type AtLeastOne<T> = readonly [T, ...T[]];

/** The cases of some primitives. */
export type KernelCases<P extends PrimitiveName = PrimitiveName> = {
  readonly [K in P]: AtLeastOne<KernelCase<Primitives[K]>>;
};

const cases: KernelCases = { ...arrayCases, ...imageCases };

/** Every case, with the primitive it is of. */
export const kernelCases: readonly { readonly primitive: PrimitiveName; readonly cases: readonly KernelCase[] }[] = (
  Object.keys(cases) as PrimitiveName[]
).map((primitive) => ({ primitive, cases: cases[primitive] }));
