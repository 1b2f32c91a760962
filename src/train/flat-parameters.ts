/**
 * A network's parameters as one vector: an optimiser's update is then a few ops, a checkpoint a few tensors, and an engine has
 * few buffers to pass on from step to step.
 */
import type { Tensor } from '../contracts/kernel-backend.js';
import type { ParameterSpec } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { sizeOf } from '../kernels/shapes.js';
import type { TensorPlace } from '../optimise/tensorwise.js';

interface Place {
  readonly spec: ParameterSpec;
  readonly offset: number;
  readonly size: number;
}

/** Where each named tensor lies in the vector. */
export interface FlatLayout {
  readonly places: ReadonlyMap<string, Place>;
  /** Length of the vector; at least 1, as no engine takes empty tensors. */
  readonly length: number;
}

export function flatLayout(specs: readonly ParameterSpec[]): FlatLayout {
  const places = new Map<string, Place>();
  let offset = 0;
  for (const spec of specs) {
    const size = sizeOf(spec.shape);
    places.set(spec.name, { spec, offset, size });
    offset += size;
  }
  return { places, length: Math.max(1, offset) };
}

/** Where the tensors lie, as optimisers are told. */
export function tensorPlaces(layout: FlatLayout): TensorPlace[] {
  return [...layout.places.values()].map(({ spec: { shape }, offset, size }) => ({ shape, offset, size }));
}

/** One named tensor, read out of the vector inside a program. */
export function readFlat(b: ProgramBuilder, vector: Value, layout: FlatLayout, name: string): Value {
  const place = placeOf(layout, name);
  const part = b.op('slice', [vector], { start: [place.offset], size: [place.size] });
  return b.op('reshape', [part], { shape: place.spec.shape });
}

/** The vector of tensors given by name, inside a program; zeros where `values` has none. */
export function writeFlat(b: ProgramBuilder, layout: FlatLayout, values: (name: string) => Value | undefined): Value {
  const parts = [...layout.places.values()].map(({ spec, size }) => {
    const value = values(spec.name);
    return value === undefined
      ? b.op('broadcast', [b.scalar(0)], { shape: [size] })
      : b.op('reshape', [value], { shape: [size] });
  });
  return parts.length === 0 ? b.constant(new Float32Array(1), [1]) : b.op('concatenate', parts, { axis: 0 });
}

/** Packs tensors, made by `fill`, into the vector. */
export function packFlat(layout: FlatLayout, fill: (spec: ParameterSpec) => Float32Array): Tensor {
  const data = new Float32Array(layout.length);
  for (const { spec, offset } of layout.places.values()) data.set(fill(spec), offset);
  return { dtype: 'float32', shape: [layout.length], data };
}

/** The named tensors of a vector, as copies. */
export function unpackFlat(layout: FlatLayout, vector: Tensor): Record<string, Tensor> {
  const entries = [...layout.places.values()].map(({ spec, offset, size }) => {
    const data = vector.data.slice(offset, offset + size);
    return [spec.name, { dtype: 'float32', shape: spec.shape, data }] as const;
  });
  return Object.fromEntries(entries);
}

function placeOf(layout: FlatLayout, name: string): Place {
  const place = layout.places.get(name);
  if (place === undefined) throw new Error(`No tensor ${name} in this layout.`);
  return place;
}
